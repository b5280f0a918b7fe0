"""A judgement: from the model's log-probabilities to the probabilities that predictions state."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from backend.confidence.opinion_pool import Mix
from backend.learning.calibrators import Calibrator, calibrator_from_json
from backend.learning.covariate_shift import Shift
from backend.learning.noisy_labels import Floats
from backend.learning.stacked_head import Opinion


@dataclass(frozen=True, slots=True)
class Judgement:
    """What people's answers made of a model's belief, step by step.

    Attributes:
        calibrator: Of the language model's own belief.
        opinion: The second opinion, where it answers in place of the language model.
        needs_embedding: Whether the opinion reads embeddings.
        shift: The last step, that matches confidence to the open texts; None: none was fitted.
        mix: The methods' weights, where there are several; all other steps come behind it.
    """

    calibrator: Calibrator
    opinion: Opinion | None = None
    needs_embedding: bool = False
    shift: Shift | None = None
    mix: Mix | None = None

    @property
    def description(self) -> str:
        """What stands behind the confidence, for a prediction's provenance."""
        steps = (self.mix, self.calibrator, self.shift)
        return "; ".join(step.description for step in steps if step)

    def own(self, log_probabilities: Floats) -> Floats:
        """Give the language model's own belief, calibrated.

        Args:
            log_probabilities: Natural logs, priors taken out, shape (texts, labels).

        Returns:
            Probabilities that sum to 1, shape (texts, labels).
        """
        return self.calibrator(log_probabilities)

    def __call__(self, log_probabilities: Floats, embeddings: Floats | None) -> Floats:
        """Give the belief that predictions state.

        Args:
            log_probabilities: Natural logs, priors taken out, shape (texts, labels).
            embeddings: Shape (texts, dims); may be None unless `needs_embedding`.

        Returns:
            Probabilities that sum to 1, shape (texts, labels).
        """
        believed = (
            self.opinion(log_probabilities, embeddings if self.needs_embedding else None)
            if self.opinion
            else self.own(log_probabilities)
        )
        return self.shift(believed) if self.shift else believed

    def without_opinion(self) -> "Judgement":
        """Let the calibrated language model answer; the last step went with the opinion."""
        return replace(self, opinion=None, needs_embedding=False, shift=None)

    def to_json(self) -> dict[str, Any]:
        """Write it as JSON's types."""
        return {
            "calibrator": self.calibrator.to_json(),
            "opinion": self.opinion and self.opinion.to_json(),
            "needs_embedding": self.needs_embedding,
            "shift": self.shift and self.shift.to_json(),
            "mix": self.mix and self.mix.to_json(),
        }

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> "Judgement":
        """Read what `to_json` wrote.

        Raises:
            KeyError: Something is missing.
            TypeError: Something is not of its type.
            ValueError: Something is no number.
        """
        opinion, shift, mix = content["opinion"], content["shift"], content["mix"]
        return cls(
            calibrator=calibrator_from_json(content["calibrator"]),
            opinion=opinion and Opinion.from_json(opinion),
            needs_embedding=bool(content["needs_embedding"]),
            shift=shift and Shift.from_json(shift),
            mix=mix and Mix.from_json(mix),
        )
