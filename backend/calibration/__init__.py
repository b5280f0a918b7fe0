"""Calibration: the model's scores as probabilities that come true, fitted to people's answers."""
