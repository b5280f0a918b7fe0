"""The finished dataset: a row per task, and a row per task and control."""
