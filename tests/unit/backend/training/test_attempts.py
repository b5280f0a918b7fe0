"""Learners tried one by one: how they share their time, and what is said of one that fails."""

from collections.abc import Iterator
from functools import partial
from itertools import count
from pathlib import Path
from typing import ClassVar

import pytest

from backend.learning.learners.base import Progress, unheard
from backend.learning.material import Material
from backend.training.attempts import try_all, why_it_failed
from backend.training.job_folder import JobFolder
from backend.training.results import FailedLearner, FittedLearner
from labeling.errors import EngineError
from labeling.settings.settings import Settings
from tests.support.head_learner import FittedHead, Head
from tests.support.training_jobs import SECRET, material_of


class Clock:
    """A clock that goes on where learners take time."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


class Slow(Head):
    """The head, each fit of which takes so many seconds."""

    def __init__(self, clock: Clock, seconds: float) -> None:
        self._clock = clock
        self._seconds = seconds

    def fit(self, material: Material, progress: Progress = unheard) -> FittedHead:
        self._clock.now += self._seconds
        return super().fit(material, progress)


class Demanding(Head):
    """The head, for more answers than there are."""

    fewest_answers: ClassVar[int] = 1000


@pytest.fixture
def folder(tmp_path: Path) -> JobFolder:
    return JobFolder.write(tmp_path / "job", {"topic": material_of()}, {}, Settings())


def judged(folder: JobFolder) -> dict[str, int]:
    """How many answers each learner was judged by; 0: it failed."""
    return {
        name: int(one.held_out.is_judged.sum()) if isinstance(one, FittedLearner) else 0
        for name, one in folder.results()["topic"].items()
    }


def test_what_a_quick_learner_leaves_serves_a_slow_one(folder: JobFolder) -> None:
    clock = Clock()
    makers = {"quick": partial(Slow, clock, 1.0), "slow": partial(Slow, clock, 15.0)}
    try_all(folder, makers, 100.0, clock)
    assert judged(folder) == {"quick": 120, "slow": 120}


def test_a_learner_that_lacks_time_is_judged_on_the_parts_that_it_gets_to(
    folder: JobFolder,
) -> None:
    clock = Clock()
    try_all(folder, {"slow": partial(Slow, clock, 10.0)}, 36.0, clock)
    assert judged(folder) == {"slow": 72}, "three of five parts, and the fit on all answers"
    assert clock.now == 40.0


def test_once_the_time_is_over_nobody_begins(folder: JobFolder) -> None:
    clock = Clock()
    makers = {"slow": partial(Slow, clock, 60.0), "late": partial(Slow, clock, 60.0)}
    try_all(folder, makers, 50.0, clock)
    assert judged(folder) == {"late": 0, "slow": 0}
    assert clock.now == 60.0


def test_too_few_answers_are_named(folder: JobFolder) -> None:
    try_all(folder, {"demanding": Demanding}, 10.0, Clock())
    why = "it needs 1000 answers, and there are 120"
    assert folder.results()["topic"] == {"demanding": FailedLearner(why)}


def test_progress_never_falls_back(folder: JobFolder) -> None:
    seen: list[float] = []
    made: Iterator[int] = count()

    class Watching(Head):
        def fit(self, material: Material, progress: Progress = unheard) -> FittedHead:
            next(made)
            progress(0.5)
            now = folder.progress
            assert now
            seen.append(now.done)
            return super().fit(material, progress)

    try_all(folder, {"first": Watching, "second": Watching}, 100.0, Clock())
    assert next(made) == 12
    assert seen == sorted(seen)
    assert folder.progress
    assert folder.progress.done == 1.0


@pytest.mark.parametrize(
    ("error", "why"),
    [
        (MemoryError(), "out of memory"),
        (OSError(28, "No space left on device"), "No space left on device"),
        (EngineError("It does not answer", where="http://gpu"), "It does not answer (http://gpu)"),
        (ValueError(SECRET), "ValueError"),
    ],
)
def test_a_failure_is_told_without_foreign_words(error: Exception, why: str) -> None:
    assert why_it_failed(error) == why
