"""Prompts as tokens: the model's template, joint encoding, too long texts cut, prompts grouped."""
