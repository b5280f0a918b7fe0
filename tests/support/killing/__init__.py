"""Passes of the controller that are killed at a chosen point, and what they leave behind."""
