"""The ML backend: tasks in, predictions with a meaningful confidence out."""
