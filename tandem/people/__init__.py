"""People on the command line: who they are, how they stand, what they earned, and see of it."""
