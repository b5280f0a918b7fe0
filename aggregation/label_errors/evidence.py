"""Whether one part of an answer applies, by two witnesses: people's votes and the model."""

import math

TINY = 1e-6
"""Probabilities are kept so far from 0 and 1."""


def fused(by_votes: float, by_belief: float | None) -> float:
    """Put together what votes under an even prior and a belief make of one yes or no.

    Args:
        by_votes: Probability by votes alone, whose prior was even.
        by_belief: The model's, which takes the prior's place; None: it says nothing.

    Returns:
        The probability by Bayes' rule, in [0, 1].

    Examples:
        >>> round(fused(0.9, 0.1), 3), fused(0.75, None)
        (0.5, 0.75)
    """
    if by_belief is None:
        return by_votes
    return 1 / (1 + math.exp(-_log_odds(by_votes) - _log_odds(by_belief)))


def _log_odds(p: float) -> float:
    inside = min(max(p, TINY), 1 - TINY)
    return math.log(inside) - math.log1p(-inside)
