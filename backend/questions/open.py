"""Answers that are made rather than picked: what the model found, and what it is worth."""

import math
from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from backend.calibration.calibrators import Calibrator
from backend.calibration.control_model import ControlModel
from backend.calibration.log_odds import calibrated
from backend.embedding import Vector
from backend.engines import Asked
from backend.engines.model_client import ModelClient
from backend.questions.base import Question
from backend.questions.item import PromptItem
from labeling.errors import TandemError
from labeling.predictions.prediction import Part, Provenance

LIKELY = 0.5
"""An entry stands in the answer where it is more probable than this."""


@dataclass(frozen=True, slots=True)
class RawAnswer:
    """What the model found for one item, before anything was learned from people.

    Attributes:
        answer: The answer; of one that is made of entries, what they make is put in its place.
        probability: That it is right, in [0, 1], as the model's own tokens tell.
        entries: For an answer that is made of entries, each one's own probability; else empty.
        truncated: Whether the text was cut in its middle to fit.
        missing: See `Provenance`.
    """

    answer: str
    probability: float
    entries: Mapping[str, float] = field(default_factory=dict)
    truncated: bool = False
    missing: float = 0.0


class OpenQuestion(Question):
    """A control whose answer is made of entries, or written."""

    prior = "none"
    """Which correction of priors is used; see `Provenance`."""

    @abstractmethod
    def requests(self, items: Sequence[PromptItem]) -> Sequence[Asked]:
        """List all that the model is asked about items; nothing that was taught changes it."""

    def asked(self, items: Sequence[PromptItem], control_model: ControlModel | None) -> list[Asked]:  # noqa: ARG002 - see `requests`
        """List all requests; see `Question`."""
        return [*self.requests(items)]

    @abstractmethod
    def find(
        self, items: Sequence[PromptItem], model: ModelClient
    ) -> list[RawAnswer | TandemError]:
        """Ask the model about items; see `Question.answer`."""

    def assemble(self, entries: Mapping[str, float]) -> str | None:  # noqa: ARG002 - most have none
        """Make an answer of its entries' probabilities; None where answers have no entries."""
        return None

    def entries_of(self, answer: str) -> frozenset[str]:  # noqa: ARG002 - most have none
        """Give the entries of an answer of people, as `RawAnswer.entries` names them.

        Raises:
            AnswerError: It is no answer of this control.
        """
        return frozenset()

    def answer(
        self,
        items: Sequence[PromptItem],
        model: ModelClient,
        control_model: ControlModel | None,
        vectors: Sequence[Vector | TandemError | None],  # noqa: ARG002 - nothing here reads them
    ) -> list[Part | TandemError]:
        """Find, and calibrate; see `Question`."""
        return [
            found
            if isinstance(found, TandemError)
            else self.calibrated_part(found, control_model or ControlModel())
            for found in self.find(items, model)
        ]

    def calibrated_part(self, found: RawAnswer, control_model: ControlModel) -> Part:
        """Say what was found at the probabilities that people's answers give it."""
        raw = self.reassembled(found, None)
        calibrated_part = self.reassembled(found, control_model.entries)
        confidence = calibrated_part.probability
        if control_model.whole:
            [confidence] = calibrated(control_model.whole, [confidence])
        return Part(
            answer=calibrated_part.answer,
            confidence=confidence,
            distribution=calibrated_part.entries,
            raw_score=raw.probability,
            provenance=Provenance(
                engine=self.engine,
                prompt=self.prompt[:12],
                prior=self.prior,
                calibrator=control_model.description,
                truncated=found.truncated,
                missing=found.missing,
            ),
        )

    def reassembled(self, found: RawAnswer, calibrator: Calibrator | None) -> RawAnswer:
        """Make the answer anew of its entries, at their calibrated probabilities.

        The whole is right where every entry that stands in it is right and every other one is
        wrong, as if entries did not hang together; what they do is left to the calibration of
        whole answers.
        """
        answer = self.assemble(found.entries)
        if answer is None:
            return found
        names = list(found.entries)
        values = calibrated(calibrator, [found.entries[name] for name in names])
        entries = dict(zip(names, values, strict=True))
        whole = math.prod(max(p, 1 - p) for p in values) * found.probability
        return RawAnswer(
            self.assemble(entries) or answer, whole, entries, found.truncated, found.missing
        )
