"""Checking the labels that stand: which are suspect, which of them people are asked about again."""
