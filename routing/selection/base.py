"""The contract of a strategy, and of one that ranks texts by a score."""

from abc import ABC, abstractmethod
from typing import ClassVar

import numpy as np

from labeling.errors import SettingsError
from labeling.mathtypes import Floats, Indices
from routing.selection.distinct import highest_distinct
from routing.selection.pool import Pool


class Strategy(ABC):
    """Picks the texts that people are asked about next.

    The same pool, size and seed give the same batch. It holds no text twice, none that is answered,
    and as many as were asked for, or all that are open where these are fewer.
    """

    name: ClassVar[str]
    """What it is called in the settings and in the report."""

    needs_embeddings: ClassVar[bool] = False
    """Whether it cannot do without embeddings."""

    most_read: ClassVar[int | None] = None
    """Open texts that it reads at most, picked at random, and as many answered ones; None: all.

    What a strategy does with each pair of texts, or with each text and label, cannot be done with a
    million of them. A random part of the texts is as diverse as all are."""

    def described(self, pool: Pool) -> str:  # noqa: ARG002 - most are the same for any pool
        """Return what chooses from a pool, in a word or two."""
        return self.name

    def select(self, pool: Pool, size: int, seed: int) -> Indices:
        """Pick a batch.

        Args:
            pool: The texts.
            size: How many are asked for.
            seed: Of every random choice.

        Returns:
            The texts' places in the pool, those that matter most first, shape (batch,).

        Raises:
            SettingsError: It needs embeddings, and the pool has none.
            ValueError: The size is negative.
        """
        if size < 0:
            raise ValueError(f"a batch of {size}")
        if self.needs_embeddings and pool.embeddings is None:
            raise SettingsError(
                f"The strategy {self.name} compares texts by their embeddings, and there are none",
                where="policy.selection",
                hint="Name an embedding model, or choose margin, which needs none.",
            )
        rng = np.random.default_rng(seed)
        candidates = rng.permutation(pool.open_items)
        if self.most_read is not None:
            candidates = candidates[: max(self.most_read, size)]
        size = min(size, len(candidates))
        return self._pick(pool, candidates, size, rng) if size else candidates[:0]

    @abstractmethod
    def _pick(
        self, pool: Pool, candidates: Indices, size: int, rng: np.random.Generator
    ) -> Indices:
        """Pick from candidates.

        Args:
            pool: The texts.
            candidates: Open texts, in a random order, so that the first of equals may be taken.
            size: How many to pick, one at least, and no more than there are candidates.
            rng: Of every random choice.

        Returns:
            Some of the candidates, none twice, shape (size,).
        """

    def _references(self, pool: Pool, rng: np.random.Generator) -> Indices:
        """Return the answered texts that candidates are compared with, shape (texts,)."""
        answered = pool.answered_items
        if self.most_read is None or len(answered) <= self.most_read:
            return answered
        return rng.choice(answered, self.most_read, replace=False)


class ScoringStrategy(Strategy):
    """Takes the texts of the highest score, and of near-duplicates the first alone.

    A score of each text by itself would have people answer the same question many times over, as
    copies of one text are all as doubtful.
    """

    @abstractmethod
    def scores(self, pool: Pool, candidates: Indices) -> Floats:
        """Say how much each candidate matters, shape (candidates,)."""

    def _pick(
        self,
        pool: Pool,
        candidates: Indices,
        size: int,
        rng: np.random.Generator,  # noqa: ARG002 - the candidates' order decides between equals
    ) -> Indices:
        order = candidates[np.argsort(-self.scores(pool, candidates), kind="stable")]
        return highest_distinct(order, pool, size)
