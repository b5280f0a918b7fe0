"""What a lesson itself fits, as learners: the language model calibrated, and with its head."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from backend.calibration.calibration_pipeline import CalibrationPipeline
from backend.learning.fit_calibration import FEWEST_ANSWERS, fit_all
from backend.learning.learners.base import Learner, Progress, unheard
from backend.learning.material import Material, Texts
from labeling.mathtypes import Floats


@dataclass(frozen=True, slots=True)
class Calibrated:
    """The language model, calibrated by people's answers, with its head where that is better."""

    calibration: CalibrationPipeline

    def __call__(self, texts: Texts) -> Floats:
        """Return probabilities that sum to 1, shape (texts, labels)."""
        return self.calibration(texts.log_probabilities, texts.embeddings)

    def save(self, folder: Path) -> None:
        """Write it into a folder that is there and empty."""
        content = json.dumps(self.calibration.to_json(), indent=1)
        (folder / "calibration.json").write_text(content, "utf-8")


class Calibration(Learner):
    """Calibrates the language model, and asks nothing else."""

    name: ClassVar[str] = "calibration"
    fewest_answers: ClassVar[int] = FEWEST_ANSWERS

    def fit(self, material: Material, progress: Progress = unheard) -> Calibrated:
        """Learn; see `Learner.fit`."""
        calibration = fit_all(material.answers, None, None).calibration
        progress(1.0)
        return Calibrated(calibration.without_head())


class CalibrationWithHead(Learner):
    """Calibrates the language model, and stacks the head on it where that is better."""

    name: ClassVar[str] = "calibration and head"
    fewest_answers: ClassVar[int] = FEWEST_ANSWERS

    def fit(self, material: Material, progress: Progress = unheard) -> Calibrated:
        """Learn; see `Learner.fit`."""
        calibration = fit_all(material.answers, material.known.embeddings, None).calibration
        progress(1.0)
        return Calibrated(calibration)
