"""Auto: the strategy that the benchmark shows to be best at so many answers."""

from typing import ClassVar

import numpy as np

from labeling.mathtypes import Indices
from routing.selection.base import Strategy
from routing.selection.margin import Margin
from routing.selection.pool import Pool
from routing.selection.typiclust import TypiClust

COLD_START = 100
"""Answers below which the model has learned too little for its doubts to lead anywhere: from so
many on, its second opinion by embeddings is fitted."""

COLD_START_A_LABEL = 5
"""As many answers must there be for each label, or the model's doubts are about labels that it
hardly saw."""


class Auto(Strategy):
    """Typical texts first, then those whose two most probable labels are the closest.

    `python -m bench.selection` says how well, see docs/selection.md. Without embeddings doubts are
    all that there is to go by.
    """

    name: ClassVar[str] = "auto"

    def at(self, pool: Pool) -> Strategy:
        """Return the strategy that picks the next batch of a pool."""
        needed = max(COLD_START, COLD_START_A_LABEL * pool.labels)
        is_cold = len(pool.answered_items) < needed and pool.embeddings is not None
        return TypiClust() if is_cold else Margin()

    def described(self, pool: Pool) -> str:
        """Name the strategy that it comes to; see `Strategy.described`."""
        return f"{self.name} ({self.at(pool).name})"

    def _pick(
        self,
        pool: Pool,
        candidates: Indices,  # noqa: ARG002 - the strategy that is best here reads as many as it can
        size: int,
        rng: np.random.Generator,
    ) -> Indices:
        return self.at(pool).select(pool, size, int(rng.integers(2**31)))
