"""Synthetic texts: a model writes them, gates let them through, a guard keeps them in check."""
