"""A person's own page: what they did, where they and the consensus differ, and what they earned."""
