"""What came of a learner: beliefs of answers that it did not see, its artefact and its figures."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np

from backend.learning.learners.judging import HeldOutBeliefs
from backend.learning.report import IntervalEstimate, QualityReport
from backend.training.arrays import floats, read_arrays, write_arrays
from backend.training.artefacts import DIGEST
from labeling.atomic_files import replacing
from labeling.json_values import count, number, optional, record, table, text
from labeling.mathtypes import Floats

RESULT = "result.json"
"""The file that a learner's folder holds once all is written; it names the artefact."""

_BELIEFS = "beliefs.npz"
_FIGURES = ("accuracy", "log_loss", "ece", "auroc")
_ROUNDING = 1e-3
"""How far from 1 a learner's probabilities may sum to."""


@dataclass(frozen=True, slots=True)
class FittedLearner:
    """A learner that was judged, fitted on all answers, and kept.

    Attributes:
        held_out: What it believes of answers that it did not see, and the seconds that it took.
        open_: What it believes of the texts that nobody answered yet, probabilities of shape
            (texts, labels); None: there are none.
        quality: Figures over the answers that it was judged by, each with its interval.
        artefact: The digest of what it wrote; see `backend.training.artefacts`.
        seconds: What fitting on all answers took.
        size: Bytes of its artefact.
    """

    held_out: HeldOutBeliefs
    open_: Floats | None
    quality: QualityReport
    artefact: str
    seconds: float
    size: int

    def to_json(self) -> dict[str, Any]:
        """Write all but probabilities as JSON's types."""
        return {
            "judged": int(self.held_out.is_judged.sum()),
            "judging_seconds": self.held_out.seconds,
            **self.quality.to_json(),
            "artefact": self.artefact,
            "seconds": self.seconds,
            "bytes": self.size,
        }


@dataclass(frozen=True, slots=True)
class FailedLearner:
    """A learner that came to nothing.

    Attributes:
        why: One line, without any text of the project.
    """

    why: str


TriedLearner: TypeAlias = FittedLearner | FailedLearner

Results: TypeAlias = Mapping[str, Mapping[str, TriedLearner]]
"""What came of each learner, by control and learner."""


def write_result(folder: Path, tried: TriedLearner) -> None:
    """Write what came of a learner into a folder that is there; it counts once all is written.

    Raises:
        OSError: It cannot be written.
    """
    if isinstance(tried, FittedLearner):
        beliefs = {"held_out": tried.held_out.probabilities}
        beliefs |= {} if tried.open_ is None else {"open": tried.open_}
        write_arrays(folder / _BELIEFS, beliefs)
        content: dict[str, Any] = {"fitted": tried.to_json(), "failed": None}
    else:
        content = {"fitted": None, "failed": tried.why}
    with replacing(folder / RESULT) as draft:
        draft.write_text(json.dumps(content), "utf-8")


def read_result(folder: Path, answers: int, labels: int, open_texts: int = 0) -> TriedLearner:
    """Read what `write_result` wrote.

    Args:
        folder: Where it wrote.
        answers: How many answers the learner was given.
        labels: How many labels there are.
        open_texts: How many texts it was given that nobody answered yet.

    Returns:
        What came of the learner.

    Raises:
        ValueError: It did not, or it is damaged.
        OSError: It cannot be read.
    """
    found = record(json.loads((folder / RESULT).read_text("utf-8")), "fitted", "failed")
    if (failed := optional(found["failed"], text)) is not None:
        return FailedLearner(failed)
    fitted = record(
        found["fitted"], "judged", "judging_seconds", *_FIGURES, "artefact", "seconds", "bytes"
    )
    beliefs = read_arrays(folder / _BELIEFS)
    believed = floats(beliefs, "held_out", answers, labels)
    held_out = HeldOutBeliefs(believed, number(fitted["judging_seconds"]))
    require_beliefs(held_out)
    open_ = floats(beliefs, "open", open_texts, labels) if open_texts else None
    if open_ is not None:
        _require_probabilities(open_)
    if int(held_out.is_judged.sum()) != count(fitted["judged"]):
        raise ValueError("the held-out beliefs are of another fit")
    if not DIGEST.fullmatch(artefact := text(fitted["artefact"])):
        raise ValueError("an artefact has no digest")
    return FittedLearner(
        held_out,
        open_,
        QualityReport(**{name: _estimate(fitted[name]) for name in _FIGURES}),
        artefact,
        number(fitted["seconds"]),
        count(fitted["bytes"]),
    )


def require_beliefs(held_out: HeldOutBeliefs) -> None:
    """Check that the rows that were judged are distributions, one of them at least.

    Raises:
        ValueError: They are not.
    """
    judged: Floats = held_out.probabilities[held_out.is_judged]
    if not len(judged):
        raise ValueError("no answer was judged")
    _require_probabilities(judged)


def _require_probabilities(beliefs: Floats) -> None:
    if not ((beliefs >= 0).all() and (np.abs(beliefs.sum(axis=1) - 1) <= _ROUNDING).all()):
        raise ValueError("what a learner believes are no probabilities")


def _estimate(content: object) -> IntervalEstimate:
    found = record(table(content), "value", "low", "high")
    return IntervalEstimate(*(optional(found[name], number) for name in ("value", "low", "high")))
