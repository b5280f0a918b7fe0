"""What versions are judged on: people's answers to one form, all that a project taught so far."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from backend.learning.samples import AnsweredItem, Samples
from backend.learning.training_set import TrainingSet
from backend.pipeline.model_spec import ModelSpec
from labeling.form.equivalence import Equivalence
from labeling.hashing import digest_of


@dataclass(frozen=True, slots=True)
class EvaluationSet:
    """Answers that versions are judged on.

    Attributes:
        equivalence: The form, and which of its answers say the same.
        answers: People's answers, as far as they can be read.
        data: Digest of what they said.
        embedding: Digest of the embedding model that can be asked; None: there is none.
    """

    equivalence: Equivalence
    answers: Sequence[AnsweredItem]
    data: str
    embedding: str | None = None

    @classmethod
    def of(cls, blank: ModelSpec, training_set: TrainingSet) -> Self:
        """Read a training set, given how tasks are answered before anything is fitted."""
        answers = Samples.read(blank.form, training_set).answers
        embedding = blank.embedding.digest if blank.embedding else None
        return cls(blank.equivalence, answers, data_digest(training_set), embedding)

    @property
    def digests(self) -> frozenset[str]:
        """A digest of each answer, with its text; how far it is trusted has no part in it."""
        return frozenset(digest_of(one.item.key, one.answer) for one in self.answers)


def data_digest(training_set: TrainingSet) -> str:
    """Return the SHA-256, in hex, of what people said under which instruction, in any order.

    Texts without an answer have no part in it: what is fitted is judged by answers alone.
    """
    answers = sorted(set(training_set.answers))
    return digest_of(training_set.instruction, *(repr(one) for one in answers))
