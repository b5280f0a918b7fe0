"""A learner that is quick: class scores by ridge regression, stacked on what the model believes."""

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Self

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load_file, save_file

from backend.calibration import stacked_head
from backend.calibration.stacked_head import StackedHead
from backend.learning.learners.base import Learner, Progress, unheard
from backend.learning.material import Material, Texts
from labeling.mathtypes import Floats
from labeling.settings.settings import Settings

_FILE = "head.safetensors"
_ARRAYS = frozenset({"centre", "ridge", "weights", "answers"})


@dataclass(frozen=True, slots=True)
class FittedHead:
    """A head that was fitted to one control."""

    head: StackedHead

    def __call__(self, texts: Texts) -> Floats:
        """Return probabilities that sum to 1, shape (texts, labels)."""
        has_centre = len(self.head.centre) > 0
        return self.head(texts.log_probabilities, texts.embeddings if has_centre else None)

    def save(self, folder: Path) -> None:
        """Write it into a folder that is there and empty."""
        arrays = {
            "centre": self.head.centre,
            "ridge": self.head.ridge,
            "weights": self.head.weights,
            "answers": np.array([self.head.answers], dtype=np.int64),
        }
        # Its writer takes an array's memory as it lies, whatever the order of its axes.
        save_file({name: np.ascontiguousarray(one) for name, one in arrays.items()}, folder / _FILE)

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read what `save` wrote.

        Raises:
            ValueError: It did not, or the file is damaged.
            OSError: It cannot be read.
        """
        try:
            arrays = load_file(folder / _FILE)
        except SafetensorError as error:
            raise ValueError("the head's file is damaged") from error
        if set(arrays) != _ARRAYS or arrays["answers"].shape != (1,):
            raise ValueError("the head's file is of another version")
        centre, ridge, weights = arrays["centre"], arrays["ridge"], arrays["weights"]
        if centre.ndim != 1 or ridge.ndim != 2 or len(ridge) != len(centre) or weights.ndim != 1:
            raise ValueError("the head's arrays do not fit each other")
        return cls(StackedHead(centre, ridge, weights, int(arrays["answers"][0])))


class Head(Learner):
    """Fits `backend.calibration.stacked_head`."""

    name: ClassVar[str] = "head"
    fewest_answers: ClassVar[int] = 100

    def fit(self, material: Material, progress: Progress = unheard) -> FittedHead:
        """Learn; see `Learner.fit`."""
        answers = material.answers
        head, _ = stacked_head.fit(
            material.known.log_probabilities,
            material.known.embeddings,
            answers.answers,
            answers.reliability,
            answers.shares,
        )
        progress(1.0)
        return FittedHead(head)


def new_head(_: Settings) -> Head:
    """Make the learner; nothing can be set about it."""
    return Head()
