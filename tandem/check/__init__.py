"""What a check of the standing labels finds, for people to read."""
