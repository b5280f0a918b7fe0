"""Random: texts by chance, what every other strategy has to beat."""

from typing import ClassVar

import numpy as np

from labeling.mathtypes import Indices
from routing.selection.base import Strategy
from routing.selection.pool import Pool


class Random(Strategy):
    """Takes texts by chance alone; answers to them tell of all texts without bias."""

    name: ClassVar[str] = "random"

    def _pick(
        self,
        pool: Pool,  # noqa: ARG002 - chance knows nothing of them
        candidates: Indices,
        size: int,
        rng: np.random.Generator,  # noqa: ARG002 - the candidates' order is random already
    ) -> Indices:
        return candidates[:size]
