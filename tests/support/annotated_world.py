"""A simulated world: texts with true labels, a model that believes, an annotator that labels."""

from dataclasses import dataclass

import numpy as np

from labeling.mathtypes import Floats, Indices

LABELS = 3

GOOD = np.array([[0.95, 0.03, 0.02], [0.05, 0.9, 0.05], [0.05, 0.1, 0.85]])
"""What a good annotator says of each true label."""

WORTHLESS = np.full((LABELS, LABELS), 1 / LABELS)


@dataclass(frozen=True)
class World:
    """Texts.

    Attributes:
        truth: The true label of each, shape (texts,).
        believed: What a calibrated model believes of it, shape (texts, LABELS).
    """

    truth: Indices
    believed: Floats

    def said(self, confusion: Floats, seed: int = 0) -> Indices:
        """What an annotator says that errs independently of the model, shape (texts,)."""
        return drawn(confusion[self.truth], np.random.default_rng(seed))

    @property
    def echo(self) -> Indices:
        """What an annotator says that says what the model does, shape (texts,)."""
        return np.asarray(self.believed.argmax(axis=1), dtype=np.intp)


def world(texts: int, seed: int = 0, sharpness: float = 0.6) -> World:
    """Draw a world whose model is calibrated: the truth is drawn from what it believes."""
    rng = np.random.default_rng(seed)
    believed = rng.dirichlet(np.full(LABELS, sharpness), texts)
    return World(drawn(believed, rng), believed)


def drawn(chances: Floats, rng: np.random.Generator) -> Indices:
    """Draw a place of each row, shape (rows,)."""
    places = (chances.cumsum(axis=1) < rng.random((len(chances), 1))).sum(axis=1)
    return np.asarray(np.minimum(places, chances.shape[1] - 1), dtype=np.intp)
