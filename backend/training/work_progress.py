"""How far a job is, in a file that whoever works writes and whoever is asked reads."""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TypeAlias

from backend.calibration.noisy_labels import FOLDS
from labeling.atomic_files import replacing
from labeling.json_values import number, record, text

PARTS = FOLDS + 1
"""Fits of a learner: one without each part of the answers, and one on all of them."""

_STEP = 0.01
"""The share of the work that is done between two lines."""


@dataclass(frozen=True, slots=True)
class WorkProgress:
    """How far the work on a job is.

    Attributes:
        control: The control whose answers are learned from.
        learner: Who learns.
        of_learner: Which share of the learner's work is done, in [0, 1].
        done: Which share of all learners' work is done, in [0, 1].
    """

    control: str
    learner: str
    of_learner: float
    done: float

    @property
    def part(self) -> int:
        """The fit at hand, from 1 to `PARTS`; the last one is on all answers."""
        return min(int(self.of_learner * PARTS) + 1, PARTS)


Report: TypeAlias = Callable[[WorkProgress], None]
"""Is told how far the work is."""


def reporting_to(file: Path) -> Report:
    """Return what writes progress into a file, whole or not at all, wherever it moved enough."""
    last: WorkProgress | None = None

    def report(now: WorkProgress) -> None:
        nonlocal last
        is_same = last and (last.control, last.learner, last.part) == (
            now.control,
            now.learner,
            now.part,
        )
        if last and is_same and abs(now.done - last.done) < _STEP:
            return
        last = now
        with replacing(file) as draft:
            draft.write_text(json.dumps(asdict(now)), "utf-8")

    return report


def read_progress(file: Path) -> WorkProgress | None:
    """Read how far the work is; None: nothing is known of it."""
    try:
        content = json.loads(file.read_text("utf-8"))
        found = record(content, "control", "learner", "of_learner", "done")
        return WorkProgress(
            text(found["control"]),
            text(found["learner"]),
            _share(found["of_learner"]),
            _share(found["done"]),
        )
    except (OSError, ValueError, RecursionError):
        return None


def _share(value: object) -> float:
    return min(max(number(value), 0.0), 1.0)
