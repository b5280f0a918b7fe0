"""Scoring given continuations: packed into one row, or plainly one row each."""
