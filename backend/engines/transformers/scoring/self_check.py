"""The check at the start: whether the packed path gives what the plain path gives."""

import logging

import numpy as np
import torch

from backend.engines.base import Prompt
from backend.engines.transformers.encoding.encoded import group_prefix
from backend.engines.transformers.encoding.encoder import PromptEncoder
from backend.engines.transformers.scoring.attention import UnpackableError
from backend.engines.transformers.scoring.packed import PackedScorer
from backend.engines.transformers.scoring.packing import ScoringItem
from backend.engines.transformers.scoring.plain import PlainScorer
from backend.engines.transformers.scoring.trie import trie_of

logger = logging.getLogger(__name__)

TOLERANCE = {torch.float32: 1e-2, torch.float16: 0.1, torch.bfloat16: 0.5}
"""Nats by which the paths may differ, by number format: in the short ones, rounding makes most."""

_BEFORE = (
    "Read the text and say what it is about. The labels are sport, politics, science.\n\nText: "
)
_TEXTS = ("Short.", "The committee put off its decision until the report is there.", "1, 2, 3")
_AFTER = "\nLabel:"
_LABELS = (" sport", " science", " science fiction", " politics")

_SIGNS = (UnpackableError, TypeError, LookupError, RuntimeError, ValueError, AttributeError)
"""How a model shows that it cannot be packed, as far as models of transformers are known."""


def paths_agree(
    name: str, encoder: PromptEncoder, packed: PackedScorer, plain: PlainScorer
) -> bool:
    """Compare the paths on a small sample; where they differ, a warning says by how much.

    Args:
        name: The model's name, for the warning.
        encoder: The model's.
        packed: The fast path.
        plain: The plain path.

    Returns:
        Whether their scores differ by no more than `TOLERANCE`.
    """
    encoded = [encoder.encode(Prompt(_BEFORE, text, _AFTER), _LABELS) for text in _TEXTS]
    prefix = group_prefix(encoded)
    items = [ScoringItem(one.context[len(prefix) :], trie_of(one.continuations)) for one in encoded]
    try:
        fast = packed.score(prefix, items)
    except _SIGNS as error:
        logger.warning("%s runs on the plain path: %s", name, error)
        return False
    slow = plain.score(prefix, items)
    gap = max(float(np.abs(a - b).max()) for a, b in zip(fast, slow, strict=True))
    if gap <= TOLERANCE[plain.dtype]:
        return True
    logger.warning("%s runs on the plain path: packed, it differs by %.3g nats", name, gap)
    return False
