"""Confidence: from log-likelihoods to probabilities that mean something."""
