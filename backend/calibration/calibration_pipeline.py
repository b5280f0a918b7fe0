"""From the log-probabilities of the model to the probabilities that predictions state."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from backend.calibration.calibrators import Calibrator, calibrator_from_json
from backend.calibration.covariate_shift import ShiftCorrection
from backend.calibration.stacked_head import StackedHead
from backend.confidence.opinion_pool import OpinionPool
from labeling.json_values import optional, record, truth
from labeling.mathtypes import Floats


@dataclass(frozen=True, slots=True)
class CalibrationPipeline:
    """The steps from a model's belief to what predictions state, fitted to people's answers.

    Attributes:
        calibrator: Of the language model's own belief.
        head: The second opinion, where it answers in place of the language model.
        needs_embedding: Whether the head reads embeddings.
        shift: The last step, that matches confidence to the open texts; None: none was fitted.
        pool: The methods' weights, where there are several; all other steps come behind it.
    """

    calibrator: Calibrator
    head: StackedHead | None = None
    needs_embedding: bool = False
    shift: ShiftCorrection | None = None
    pool: OpinionPool | None = None

    @property
    def description(self) -> str:
        """What stands behind the confidence, for a prediction's provenance."""
        steps = (self.pool, self.calibrator, self.shift)
        return "; ".join(step.description for step in steps if step)

    def of_language_model(self, log_probabilities: Floats) -> Floats:
        """Return the language model's own belief, calibrated.

        Args:
            log_probabilities: Natural logs, priors taken out, shape (texts, labels).

        Returns:
            Probabilities that sum to 1, shape (texts, labels).
        """
        return self.calibrator(log_probabilities)

    def __call__(self, log_probabilities: Floats, embeddings: Floats | None) -> Floats:
        """Return the belief that predictions state.

        Args:
            log_probabilities: Natural logs, priors taken out, shape (texts, labels).
            embeddings: Shape (texts, dims); may be None unless `needs_embedding`.

        Returns:
            Probabilities that sum to 1, shape (texts, labels).
        """
        believed = (
            self.head(log_probabilities, embeddings if self.needs_embedding else None)
            if self.head
            else self.of_language_model(log_probabilities)
        )
        return self.shift(believed) if self.shift else believed

    def without_head(self) -> "CalibrationPipeline":
        """Return it without the head, and without the last step, which was fitted behind that."""
        return replace(self, head=None, needs_embedding=False, shift=None)

    def to_json(self) -> dict[str, Any]:
        """Write it as JSON's types."""
        return {
            "calibrator": self.calibrator.to_json(),
            "opinion": self.head and self.head.to_json(),
            "needs_embedding": self.needs_embedding,
            "shift": self.shift and self.shift.to_json(),
            "mix": self.pool and self.pool.to_json(),
        }

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> "CalibrationPipeline":
        """Read what `to_json` wrote.

        Raises:
            ValueError: It did not.
        """
        found = record(content, "calibrator", "opinion", "needs_embedding", "shift", "mix")
        return cls(
            calibrator=calibrator_from_json(found["calibrator"]),
            head=optional(found["opinion"], StackedHead.from_json),
            needs_embedding=truth(found["needs_embedding"]),
            shift=optional(found["shift"], ShiftCorrection.from_json),
            pool=optional(found["mix"], OpinionPool.from_json),
        )
