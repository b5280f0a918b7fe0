"""What is decided about each task, and whether one more vote pays."""
