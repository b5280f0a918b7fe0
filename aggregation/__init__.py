"""Votes become labels: truth, worker quality, agreement, calibration. No network, no files."""
