"""The student of a cascade: where it is kept, and how sure it must be to answer in place of all."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Self

from labeling.json_values import count, number, record, text


@dataclass(frozen=True, slots=True)
class CascadeStudent:
    """A student that answers one control where it is sure; the language model is asked elsewhere.

    Attributes:
        artefact: The digest that it is kept under.
        threshold: The least confidence at which it answers.
        loss: The accuracy that may be lost so, as stated.
        risk: The probability that more is lost.
        share: Share of the held-out texts that it answers.
        answers: People's answers that this was learned from.
    """

    artefact: str
    threshold: float
    loss: float
    risk: float
    share: float
    answers: int

    def to_json(self) -> dict[str, Any]:
        """Write it as JSON's types."""
        return asdict(self)

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> Self:
        """Read what `to_json` wrote.

        Raises:
            ValueError: It did not.
        """
        found = record(content, "artefact", "threshold", "loss", "risk", "share", "answers")
        return cls(
            artefact=text(found["artefact"]),
            threshold=number(found["threshold"]),
            loss=number(found["loss"]),
            risk=number(found["risk"]),
            share=number(found["share"]),
            answers=count(found["answers"]),
        )
