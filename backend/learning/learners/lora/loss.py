"""What an adapter's training makes small: how badly the scores explain what people said."""

import torch
from torch import Tensor

from backend.learning.learners.lora.examples import SupervisedExample

_TINY = 1e-30
"""Keeps the logarithm of what is thought impossible finite, in float32."""


def loss_of(example: SupervisedExample, scores: Tensor) -> Tensor:
    """Compute an example's loss.

    Where continuations compete it is the cross-entropy of what people said, seen through their
    errors: the forward correction of Patrini et al. (CVPR 2017), as everywhere that answers are
    learned from. A text to be written has no rivals to be mistaken for: its own negative
    log-probability counts by the trust in it.

    Args:
        example: The example.
        scores: Natural-log probabilities of its continuations, shape (continuations,).

    Returns:
        The loss in nats, without its weight, a scalar.
    """
    if len(example.continuations) == 1:
        return -scores[0] * example.trust
    log_probabilities = label_log_probabilities(example, scores)
    by_mistake = (1 - example.trust) / (len(example.continuations) - 1)
    informative = example.trust - by_mistake
    seen = by_mistake + informative * log_probabilities.exp()
    said = torch.tensor(example.said, device=scores.device)
    return -(said * (seen + _TINY).log()).sum()


def label_log_probabilities(example: SupervisedExample, scores: Tensor) -> Tensor:
    """Let continuations compete.

    Args:
        example: The example.
        scores: Natural-log probabilities of its continuations, shape (continuations,).

    Returns:
        Natural-log probabilities that sum to 1, shape (continuations,).
    """
    if example.priors:
        scores = scores - torch.tensor(example.priors, device=scores.device)
    return scores.log_softmax(dim=-1)
