"""Answers as canonical strings: their types, how similar and when equivalent they are."""
