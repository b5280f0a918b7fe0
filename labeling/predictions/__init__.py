"""Predictions, and how Label Studio stores them as JSON."""
