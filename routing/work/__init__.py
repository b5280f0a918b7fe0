"""People's work: how long they were at it, how it went, and what they are paid for it. Pure."""
