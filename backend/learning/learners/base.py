"""The contract of a learner: people's answers to one control go in, what labels texts comes out."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from itertools import compress
from pathlib import Path
from typing import ClassVar, Protocol, TypeAlias

from backend.calibration.noisy_labels import NoisyLabels
from backend.engines import Request
from labeling.mathtypes import Bools, Floats

Progress: TypeAlias = Callable[[float], None]
"""Is told which share of the work is done, in [0, 1]."""


def unheard(_: float) -> None:
    """Take progress, and tell nobody."""


@dataclass(frozen=True, slots=True)
class Texts:
    """Texts, and what is known of each before anything is learned.

    Attributes:
        texts: As people read them.
        log_probabilities: The language model's natural-log probabilities, priors taken out, shape
            (texts, labels).
        embeddings: Of length 1 each, shape (texts, dims); None: there is no embedding model.
        requests: What the language model is asked about each; empty: nothing is known of that.
        keys: The form's items; empty: nothing is known of that.
    """

    texts: tuple[str, ...]
    log_probabilities: Floats
    embeddings: Floats | None = None
    requests: tuple[Request, ...] = ()
    keys: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.texts)

    def part(self, where: Bools) -> "Texts":
        """Return the texts that a mask picks."""
        return Texts(
            tuple(compress(self.texts, where)),
            self.log_probabilities[where],
            None if self.embeddings is None else self.embeddings[where],
            tuple(compress(self.requests, where)),
            tuple(compress(self.keys, where)),
        )


@dataclass(frozen=True, slots=True)
class Material:
    """What a learner is given.

    Attributes:
        values: The labels, in the order of every distribution.
        known: The texts that people answered.
        answers: Their answers, in the same order, beside the language model's belief.
        open_: A sample of the texts that nobody answered yet; None: there are none.
    """

    values: tuple[str, ...]
    known: Texts
    answers: NoisyLabels
    open_: Texts | None = None

    def __len__(self) -> int:
        return len(self.answers)

    def part(self, where: Bools) -> "Material":
        """Return the same with the answers that a mask picks."""
        return Material(self.values, self.known.part(where), self.answers.part(where), self.open_)


class Learned(Protocol):
    """What a learner made: labels texts, and can be kept in a folder."""

    def __call__(self, texts: Texts) -> Floats:
        """Return probabilities that sum to 1, shape (texts, labels)."""

    def save(self, folder: Path) -> None:
        """Write it into a folder that is there and empty, weights as safetensors alone."""


class Learner(ABC):
    """One way to learn.

    Attributes:
        name: How it is called in settings and reports.
        fewest_answers: Answers below which it is not tried.
    """

    name: ClassVar[str]
    fewest_answers: ClassVar[int]

    @abstractmethod
    def fit(self, material: Material, progress: Progress = unheard) -> Learned:
        """Learn; the same material gives the same.

        Args:
            material: What is learned from, `fewest_answers` at least.
            progress: Is told how far it is.

        Returns:
            What was learned.
        """
