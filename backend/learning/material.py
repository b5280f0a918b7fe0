"""What is learned from: texts with what is known of each, and people's answers to one control."""

from dataclasses import dataclass
from itertools import compress

from backend.calibration.noisy_labels import NoisyLabels
from backend.engines import Request
from labeling.mathtypes import Bools, Floats


@dataclass(frozen=True, slots=True)
class Texts:
    """Texts, and what is known of each before anything is learned.

    Attributes:
        texts: As people read them; empty: they are not at hand.
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
        return len(self.log_probabilities)

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
