"""Tasks without a single truth: whether people differ, what they would say, and who differs."""
