"""From the log-probabilities of the model to the probabilities that predictions state."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from backend.calibration.calibrators import Calibrator, calibrator_from_json
from backend.calibration.covariate_shift import ShiftCorrection
from backend.calibration.stacked_head import StackedHead
from backend.confidence.opinion_pool import OpinionPool
from labeling.json_values import optional, record, truth
from labeling.mathtypes import Floats

ALONE = "language model"
"""What an ensemble calls the steps before it: the language model, calibrated, or with its head."""

TINY = 1e-300


@dataclass(frozen=True, slots=True)
class CalibrationPipeline:
    """The steps from a model's belief to what predictions state, fitted to people's answers.

    Attributes:
        calibrator: Of the language model's own belief.
        head: The second opinion, where it answers in place of the language model.
        needs_embedding: Whether the head reads embeddings.
        ensemble: How much that and each learner counts, by name; None: no learner is asked.
        shift: The last step, that matches confidence to the open texts; None: none was fitted.
        pool: The methods' weights, where there are several; all other steps come behind it.
    """

    calibrator: Calibrator
    head: StackedHead | None = None
    needs_embedding: bool = False
    ensemble: OpinionPool | None = None
    shift: ShiftCorrection | None = None
    pool: OpinionPool | None = None

    @property
    def description(self) -> str:
        """What stands behind the confidence, for a prediction's provenance."""
        steps = (self.pool, self.calibrator, self.ensemble, self.shift)
        return "; ".join(step.description for step in steps if step)

    @property
    def learners(self) -> list[str]:
        """The learners that the ensemble asks, by name."""
        return [name for name in self.ensemble.weights if name != ALONE] if self.ensemble else []

    def of_language_model(self, log_probabilities: Floats) -> Floats:
        """Return the language model's own belief, calibrated.

        Args:
            log_probabilities: Natural logs, priors taken out, shape (texts, labels).

        Returns:
            Probabilities that sum to 1, shape (texts, labels).
        """
        return self.calibrator(log_probabilities)

    def __call__(
        self,
        log_probabilities: Floats,
        embeddings: Floats | None,
        learners: Mapping[str, Floats] | None = None,
    ) -> Floats:
        """Return the belief that predictions state.

        Args:
            log_probabilities: Natural logs, priors taken out, shape (texts, labels).
            embeddings: Shape (texts, dims); may be None unless `needs_embedding`.
            learners: Probabilities by each of `learners`, shape (texts, labels); may be None where
                there are none.

        Returns:
            Probabilities that sum to 1, shape (texts, labels).
        """
        believed = (
            self.head(log_probabilities, embeddings if self.needs_embedding else None)
            if self.head
            else self.of_language_model(log_probabilities)
        )
        if self.ensemble:
            believed = pooled_beliefs(self.ensemble, {**(learners or {}), ALONE: believed})
        return self.shift(believed) if self.shift else believed

    def without_head(self) -> "CalibrationPipeline":
        """Return it without the head, and without all that was fitted behind that."""
        return replace(self, head=None, needs_embedding=False, ensemble=None, shift=None)

    def without_ensemble(self) -> "CalibrationPipeline":
        """Return it without its learners, and without the last step, which was fitted behind."""
        return replace(self, ensemble=None, shift=None)

    def to_json(self) -> dict[str, Any]:
        """Write it as JSON's types."""
        return {
            "calibrator": self.calibrator.to_json(),
            "opinion": self.head and self.head.to_json(),
            "needs_embedding": self.needs_embedding,
            "ensemble": self.ensemble and self.ensemble.to_json(),
            "shift": self.shift and self.shift.to_json(),
            "mix": self.pool and self.pool.to_json(),
        }

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> "CalibrationPipeline":
        """Read what `to_json` wrote.

        Raises:
            ValueError: It did not.
        """
        found = record(
            content, "calibrator", "opinion", "needs_embedding", "ensemble", "shift", "mix"
        )
        return cls(
            calibrator=calibrator_from_json(found["calibrator"]),
            head=optional(found["opinion"], StackedHead.from_json),
            needs_embedding=truth(found["needs_embedding"]),
            ensemble=optional(found["ensemble"], OpinionPool.from_json),
            shift=optional(found["shift"], ShiftCorrection.from_json),
            pool=optional(found["mix"], OpinionPool.from_json),
        )


def pooled_beliefs(ensemble: OpinionPool, beliefs: Mapping[str, Floats]) -> Floats:
    """Pool probabilities by name, shape (texts, labels) each; those that do not count may lack."""
    logs = np.array([np.log(np.maximum(beliefs[name], TINY)) for name in ensemble.weights])
    together: Floats = np.exp(ensemble(logs))
    return together
