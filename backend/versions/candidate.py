"""What a lesson or a training made of a project's answers, before it is held against anything."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from backend.calibration.learned_state import LearnedState
from backend.versions.version_files import text_of
from labeling.predictions.prediction import Prediction


@dataclass(frozen=True, slots=True)
class Candidate:
    """A fitted version that may come into force.

    Attributes:
        learned: What was fitted.
        report: The report of the fit, in JSON's types.
        held_out: What it believes of each answered text, by what the others teach; see
            `backend.learning.held_out`. Empty where nothing was fitted to answers.
        learners: What it is made of, the cheapest first.
        seconds: How long it took to fit and to judge.
        artefacts: Digests of the weights that the state names, each a folder of `artefacts`.
    """

    learned: LearnedState
    report: Mapping[str, Any]
    held_out: Mapping[str, Prediction]
    learners: Sequence[str]
    seconds: float
    artefacts: Sequence[str] = ()

    def size(self, artefacts: Path) -> int:
        """Return its bytes on disk, given the folder where weights are kept by their digests."""
        weights = (file for one in self.artefacts for file in (artefacts / one).rglob("*"))
        state = len(text_of(self.learned).encode())
        return state + sum(file.stat().st_size for file in weights if file.is_file())


def light_learners(learned: LearnedState) -> tuple[str, ...]:
    """Name what a state is made of that is fitted within a lesson."""
    controls = learned.controls.values()
    calibrations = [one.calibration for one in controls if one.calibration]
    is_calibrated = learned.whole or calibrations or any(one.whole for one in controls)
    found = {
        "prior": any(one.priors for one in controls),
        "calibration": bool(is_calibrated),
        "head": any(one.head for one in calibrations),
    }
    return tuple(name for name, is_there in found.items() if is_there)
