"""What was held out of learning, in the words of the HTTP contract."""

from collections.abc import Sequence

from backend.versions.beliefs import Beliefs
from labeling.protocol.learn import HeldOutResult


def held_out_results(texts: Sequence[str], beliefs: Beliefs) -> list[HeldOutResult | None]:
    """List what is believed of answered texts.

    Args:
        texts: The text of each answer.
        beliefs: What is believed of each text that something is believed of.

    Returns:
        One per answer, in order; empty where nothing is believed of any.
    """
    return [beliefs.get(text) for text in texts] if beliefs else []
