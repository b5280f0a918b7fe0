"""The OpenAI-compatible engine, on real servers and behind a proxy that fails."""
