"""The transformers engine scores and writes as the bare model would, whatever the path."""
