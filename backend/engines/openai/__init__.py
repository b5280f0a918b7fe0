"""The OpenAI-compatible engine: a vLLM or llama.cpp server, or a vendor's API.

What is asked becomes bodies of calls (`request_body`); each is paid once (`response_store`), within
a budget (`budget`), by one client (`client`); answers become tokens with their log-probabilities
(`responses`), and those become the log-likelihoods of labels (`label_scores`). What the server can
do is tried out at the start (`capabilities`).
"""

from backend.engines.openai.engine import OpenAIEngine, identify, load

__all__ = ["OpenAIEngine", "identify", "load"]
