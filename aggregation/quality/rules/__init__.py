"""Rules that see signs of carelessness and fraud in work; each is evidence, none a verdict."""
