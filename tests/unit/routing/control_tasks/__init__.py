"""Tests of what is known to be right, and of who is asked it."""
