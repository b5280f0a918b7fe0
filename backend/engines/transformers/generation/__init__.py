"""Writing text: batches in rounds, sampling, grammars."""
