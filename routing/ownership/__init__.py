"""Whose project it is: the one ledger that keeps it, known by a mark in the project."""
