"""What was learned from people's answers about one control."""

from collections.abc import Container, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Self

from backend.calibration.calibration_pipeline import CalibrationPipeline
from backend.calibration.calibrators import (
    Calibrator,
    LabelEffects,
    VectorScaling,
    calibrator_from_json,
)
from backend.calibration.cascade_student import CascadeStudent
from backend.calibration.trial import require_calibrator, require_pipeline
from labeling.json_values import numbers, optional, record, table, text
from labeling.predictions.prediction import UNCALIBRATED

LORA = "lora"
"""The learner whose artefact is an adapter of the language model."""


@dataclass(frozen=True, slots=True)
class ControlModel:
    """What was fitted for one control; what it has no use for is left out.

    Attributes:
        priors: Natural-log prior of every candidate over the project's texts, shape (candidates,),
            by the name of each method that has one; empty: too few texts.
        calibration: From the model's log-probabilities of candidates to what predictions state.
        entries: Whether an entry of an answer, such as a label or a span, is right: calibrates
            `[right, wrong]`.
        whole: Whether a whole answer is right, in the same form.
        artefacts: Digests of what the calibration's learners are kept as, by the learner's name.
        student: Who answers in place of all this where it is sure; None: nobody does.
        adapter_prior: What is taken off the labels' scores under the adapter, where there is one:
            natural logs, shape (candidates,).
    """

    priors: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    calibration: CalibrationPipeline | None = None
    entries: Calibrator | None = None
    whole: Calibrator | None = None
    artefacts: Mapping[str, str] = field(default_factory=dict)
    student: CascadeStudent | None = None
    adapter_prior: tuple[float, ...] = ()

    @property
    def description(self) -> str:
        """What stands behind the confidence, for a prediction's provenance."""
        if self.calibration:
            return self.calibration.description
        return self.whole.description if self.whole else UNCALIBRATED

    @property
    def digests(self) -> list[str]:
        """The digests of all that it needs beside itself."""
        return [*self.artefacts.values(), *([self.student.artefact] if self.student else [])]

    def without(self, artefacts: Container[str]) -> "ControlModel":
        """Return it without its learners or its student, where their artefacts are missing."""
        if self.student and self.student.artefact in artefacts:
            return replace(self, student=None).without(artefacts)
        if self.calibration is None or not any(one in artefacts for one in self.artefacts.values()):
            return self
        calibration = self.calibration.without_ensemble()
        return replace(self, calibration=calibration, artefacts={}, adapter_prior=())

    @property
    def needs_embedding(self) -> bool:
        """Whether the calibration reads embeddings."""
        return self.calibration is not None and self.calibration.needs_embedding

    def to_json(self) -> dict[str, Any]:
        """Write it as JSON's types."""
        return {
            "priors": {name: list(prior) for name, prior in self.priors.items()},
            "judgement": self.calibration and self.calibration.to_json(),
            "entries": self.entries and self.entries.to_json(),
            "whole": self.whole and self.whole.to_json(),
            "artefacts": dict(self.artefacts),
            "student": self.student and self.student.to_json(),
            "adapter_prior": list(self.adapter_prior),
        }

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> Self:
        """Read what `to_json` wrote.

        Raises:
            ValueError: It did not.
        """
        found = record(
            content,
            "priors",
            "judgement",
            "entries",
            "whole",
            "artefacts",
            "student",
            "adapter_prior",
        )
        control_model = cls(
            priors={name: numbers(prior) for name, prior in table(found["priors"]).items()},
            calibration=optional(found["judgement"], CalibrationPipeline.from_json),
            entries=optional(found["entries"], calibrator_from_json),
            whole=optional(found["whole"], calibrator_from_json),
            artefacts={name: text(one) for name, one in table(found["artefacts"]).items()},
            student=optional(found["student"], CascadeStudent.from_json),
            adapter_prior=numbers(found["adapter_prior"]),
        )
        if control_model.calibration and (
            set(control_model.calibration.learners) - control_model.artefacts.keys()
        ):
            raise ValueError("a learner that counts is not kept")
        if (LORA in control_model.artefacts) != bool(control_model.adapter_prior):
            raise ValueError("an adapter and its prior belong together")
        require_calibrator(control_model.entries)
        require_calibrator(control_model.whole)
        require_pipeline(control_model.calibration, control_model._labels())
        return control_model

    def _labels(self) -> int:
        """Count the labels that its parts are of; 2 where any number of them is right.

        Raises:
            ValueError: The parts are of different numbers of labels.
        """
        counts = {len(prior) for prior in self.priors.values()}
        counts |= {len(self.adapter_prior)} if self.adapter_prior else set()
        if calibration := self.calibration:
            calibrator, head = calibration.calibrator, calibration.head
            counts |= {len(calibrator.shifts)} if isinstance(calibrator, VectorScaling) else set()
            counts |= {len(calibrator.effects)} if isinstance(calibrator, LabelEffects) else set()
            counts |= {head.ridge.shape[1]} if head else set()
        if len(counts) > 1 or 0 in counts:
            raise ValueError("what was fitted is of different numbers of labels")
        return counts.pop() if counts else 2
