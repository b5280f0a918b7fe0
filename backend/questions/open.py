"""Answers that are made rather than picked: what the model found, and what it is worth."""

import math
from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from backend.calibration.calibrators import Calibrator
from backend.calibration.control_model import ControlModel
from backend.calibration.log_odds import calibrated
from backend.engines import Asked
from backend.engines.model_client import Abilities
from backend.engines.steps import Steps
from backend.questions.base import Parts, Question
from backend.questions.item import PromptItem
from backend.questions.solved_items import ShownExamples
from labeling.errors import TandemError
from labeling.predictions.prediction import Part, Provenance

LIKELY = 0.5
"""An entry stands in the answer where it is more probable than this."""


@dataclass(frozen=True, slots=True)
class RawAnswer:
    """What the model found for one item, before anything was learned from people.

    Attributes:
        answer: The answer; of one that is made of entries, what they make is put in its place.
        probability: That it is right, in [0, 1], by the model's own tokens.
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
    """A control whose answer is made of entries, or written; the model is asked once."""

    prior = "none"
    """Which correction of priors is used; see `Provenance`."""

    examples: ShownExamples | None = None
    """Solved items that prompts show; None: none."""

    @abstractmethod
    def plan(self, items: Sequence[PromptItem]) -> Sequence[Asked]:
        """List all that the model is asked about items; nothing that was learned changes it."""

    @abstractmethod
    def read(
        self, items: Sequence[PromptItem], answers: Sequence[Any]
    ) -> list[RawAnswer | TandemError]:
        """Read what the model answered.

        Args:
            items: What was asked about.
            answers: The answer to each request that `plan` lists of them, in order.

        Returns:
            For each item, in order, what the model found, or why there is nothing.

        Raises:
            TandemError: An answer that all items need is missing.
        """

    def assemble(self, entries: Mapping[str, float]) -> str | None:  # noqa: ARG002 - most have none
        """Make an answer of its entries' probabilities; None where answers have no entries."""
        return None

    def entries_of(self, answer: str) -> frozenset[str]:  # noqa: ARG002 - most have none
        """Return the entries of an answer of people, as `RawAnswer.entries` names them.

        Raises:
            AnswerError: It is no answer of this control.
        """
        return frozenset()

    def find(self, items: Sequence[PromptItem]) -> Steps[list[RawAnswer | TandemError]]:
        """Plan and read, in one step."""
        answers = yield self.plan(items)
        found = self.read(items, answers)
        if self.examples is None:
            return found
        errors = map(self.examples.error, items)
        return [error or one for error, one in zip(errors, found, strict=True)]

    def steps(
        self,
        items: Sequence[PromptItem],
        control_model: ControlModel,
        abilities: Abilities,  # noqa: ARG002 - requests are the same on every engine
    ) -> Steps[Parts]:
        """Find, and calibrate; see `Question`."""
        found = yield from self.find(items)
        return [
            one if isinstance(one, TandemError) else self.calibrated_part(one, control_model)
            for one in found
        ]

    def calibrated_part(self, found: RawAnswer, control_model: ControlModel) -> Part:
        """Return what was found, at the probabilities that people's answers give it.

        Args:
            found: What the model found.
            control_model: What was learned about this control.

        Returns:
            The part of a prediction.
        """
        raw = self.reassembled(found, None)
        assembled = self.reassembled(found, control_model.entries)
        [confidence] = calibrated(control_model.whole, [assembled.probability])
        return Part(
            answer=assembled.answer,
            confidence=confidence,
            distribution=assembled.entries,
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
        """Assemble the answer anew of its entries, at their calibrated probabilities.

        The whole is right where every entry that stands in it is right and every other one is
        wrong, as if entries erred on their own; what they do together is left to the calibration
        of whole answers.

        Args:
            found: What the model found.
            calibrator: Calibrates whether an entry is right; None: they stay as they are.

        Returns:
            The same with calibrated entries, the answer that they make, and its probability.
        """
        answer = self.assemble(found.entries)
        if answer is None:
            return found
        values = calibrated(calibrator, [*found.entries.values()])
        entries = dict(zip(found.entries, values, strict=True))
        return replace(
            found,
            answer=self.assemble(entries) or answer,
            probability=math.prod(max(p, 1 - p) for p in values) * found.probability,
            entries=entries,
        )
