"""Contrastive (CAL): texts of which the model says other things than of similar answered ones."""

from typing import ClassVar

import numpy as np

from labeling.mathtypes import Floats, Indices
from routing.selection.base import ScoringStrategy
from routing.selection.pool import Pool, Reals

NEIGHBOURS = 10
"""Answered texts that each candidate is compared with, as in the paper."""

LEAST_PROBABILITY = 1e-7
"""What is thought less probable counts as this, so that divergences are finite."""

_AT_A_TIME = 4096
"""Candidates whose neighbours are looked for together: it bounds the memory."""


class ContrastiveActiveLearning(ScoringStrategy):
    """Margatina et al., "Active Learning by Acquiring Contrastive Examples" (EMNLP 2021).

    Where nothing is answered yet, chance decides. Where several things are asked, the mean of their
    divergences counts.
    """

    name: ClassVar[str] = "cal"
    needs_embeddings: ClassVar[bool] = True
    most_read: ClassVar[int | None] = 50_000

    def scores(self, pool: Pool, candidates: Indices) -> Floats:
        """Return the mean divergence from the nearest answered texts in nats, (candidates,)."""
        answered = self._references(pool, np.random.default_rng(0))
        if not len(answered):
            return np.zeros(len(candidates))
        known = pool.vectors(answered)
        logs, known_logs = (_logs(pool.beliefs(items)) for items in (candidates, answered))
        known_beliefs = np.exp(known_logs)
        negative_entropy = (known_beliefs * known_logs).sum(axis=1)
        scores = np.empty(len(candidates))
        for start in range(0, len(candidates), _AT_A_TIME):
            part = slice(start, start + _AT_A_TIME)
            near = _nearest(pool.vectors(candidates[part]), known)
            # The mean of KL(p_answered ‖ p_candidate): the cross-entropy is linear in p_answered.
            cross_entropy = -(known_beliefs[near].mean(axis=1) * logs[part]).sum(axis=1)
            scores[part] = cross_entropy + negative_entropy[near].mean(axis=1)
        return scores


def _nearest(vectors: Reals, known: Reals) -> Indices:
    """Return the answered texts that are most similar to each, shape (texts, neighbours)."""
    count = min(NEIGHBOURS, len(known))
    nearest: Indices = np.argpartition(vectors @ known.T, -count, axis=1)[:, -count:]
    return nearest


def _logs(probabilities: Floats) -> Floats:
    """Return the logarithms of rows that sum to 1: several questions share the 1 evenly."""
    floored = np.maximum(probabilities, LEAST_PROBABILITY)
    logs: Floats = np.log(floored / floored.sum(axis=1, keepdims=True))
    return logs
