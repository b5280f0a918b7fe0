"""What becomes of the people who review: their states, and the evidence that stands behind them."""
