"""The OpenAI-compatible engine: a vLLM or llama.cpp server, or a vendor's API.

What is asked becomes bodies of calls (`calls`); each is paid once (`paid`), within a budget
(`budget`), by one client (`client`); answers become tokens with their probabilities (`reading`),
and those become the probabilities of labels (`labels`). What the server can is found out at the
start (`probing`).
"""

from backend.engines.openai.engine import OpenAIEngine, identify, load

__all__ = ["OpenAIEngine", "identify", "load"]
