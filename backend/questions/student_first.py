"""A cascade at work: a student answers what it is sure of, the model is asked about the rest."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from backend.classifiers.cascade import CascadeRule
from backend.engines.steps import Steps
from backend.questions.base import Parts
from backend.questions.item import PromptItem
from labeling.mathtypes import Floats
from labeling.predictions.prediction import Part, Provenance


@dataclass(frozen=True, slots=True)
class Cascade:
    """A student of one control, and what it may answer.

    Attributes:
        labels: What the student tells apart, in the order of its distributions.
        student: Returns its probabilities of texts, shape (texts, labels).
        rule: From which confidence on it answers.
        name: How a prediction names it: `student:`, and the digest of its artefact.
        answers: Answers of people that it was calibrated on.
    """

    labels: tuple[str, ...]
    student: Callable[[Sequence[str]], Floats]
    rule: CascadeRule
    name: str
    answers: int

    def parts(self, texts: Sequence[str]) -> list[Part | None]:
        """Answer what the student is sure of.

        Args:
            texts: As people read them.

        Returns:
            One per text, in order; None: the model is to be asked.
        """
        probabilities = self.student(texts)
        sure = self.rule.is_sure(probabilities).tolist()
        return [
            self._part(row) if is_sure else None
            for row, is_sure in zip(probabilities, sure, strict=True)
        ]

    def _part(self, probabilities: Floats) -> Part:
        best = int(probabilities.argmax())
        confidence = min(1.0, float(probabilities[best]))
        stated = probabilities.clip(0.0, 1.0).tolist()
        return Part(
            answer=self.labels[best],
            confidence=confidence,
            distribution=dict(zip(self.labels, stated, strict=True)),
            raw_score=confidence,
            provenance=Provenance(
                engine=self.name,
                prompt="",
                prior="none",
                calibrator=f"temperature, {self.answers} answers",
            ),
        )


def ask_where_unsure(
    answered: Sequence[Part | None],
    items: Sequence[PromptItem],
    ask: Callable[[Sequence[PromptItem]], Steps[Parts]],
) -> Steps[Parts]:
    """Ask the model about the items alone that a student did not answer.

    Args:
        answered: What the student says of each item; None: it is not sure.
        items: What is asked about.
        ask: Asks the model about items.

    Returns:
        A conversation that ends in one part or error per item, in order.
    """
    rest = [item for item, part in zip(items, answered, strict=True) if part is None]
    asked = iter((yield from ask(rest)) if rest else ())
    return [next(asked) if part is None else part for part in answered]
