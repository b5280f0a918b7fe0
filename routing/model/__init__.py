"""The model behind the ML backend: its HTTP client, pre-labels and training."""
