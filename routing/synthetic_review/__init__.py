"""Synthetic texts before people: in a project of their own, without what each was written for."""
