"""The demo: the whole main job on a Label Studio of its own, with simulated reviewers."""
