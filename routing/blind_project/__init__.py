"""The second project, where tasks are asked without the pre-label."""
