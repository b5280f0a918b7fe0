"""Quality of votes, workers and confidences: agreement, human error, calibration."""
