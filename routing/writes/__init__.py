"""Writes into Label Studio: the difference to what was decided, and the journal of it."""
