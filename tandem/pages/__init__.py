"""How Tandem's pages look: the style, the formats of numbers, and words that explain themselves."""
