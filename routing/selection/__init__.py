"""Which texts people are asked about next: one file a strategy of active learning, one contract."""
