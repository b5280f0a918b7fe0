"""Jobs that callers tell of: how far each is, how fast, and how long it still takes."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

FORGOTTEN_SECONDS = 300.0
"""After which a job that nobody tells of any more is not told of either."""

MOST = 32
"""Jobs that are known at one time; those told of last stay."""


@dataclass(frozen=True, slots=True)
class Job:
    """How far a caller is with many tasks, of which each of its requests holds a few.

    Attributes:
        id: Its name, the same in every request.
        done: Tasks that are done.
        total: Tasks of the job.
    """

    id: str
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class _Course:
    """A job from when it was first told of until it last was, in seconds of the clock."""

    first: Job
    began: float
    last: Job
    seen: float


class Jobs:
    """The jobs at hand.

    Args:
        clock: Tells the time, in seconds.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._courses: dict[str, _Course] = {}
        self._lock = threading.Lock()

    def note(self, job: Job) -> None:
        """Take note of how far a job is; one that falls back or changes its size begins anew."""
        now = self._clock()
        with self._lock:
            known = self._courses.pop(job.id, None)
            goes_on = known and known.last.total == job.total and known.last.done <= job.done
            first, began = (known.first, known.began) if known and goes_on else (job, now)
            self._courses[job.id] = _Course(first, began, job, now)
            if len(self._courses) > MOST:
                del self._courses[next(iter(self._courses))]

    def running(self) -> list[dict[str, Any]]:
        """Tell of the jobs that are not done, the one told of last at the end.

        Returns:
            Of each its `id`, `done`, `total`, `per_second`, and `seconds_left`, which is None
            while the rate is not known.
        """
        oldest = self._clock() - FORGOTTEN_SECONDS
        with self._lock:
            courses = list(self._courses.values())
        return [
            _described(course)
            for course in courses
            if course.seen >= oldest and course.last.done < course.last.total
        ]


def _described(course: _Course) -> dict[str, Any]:
    job, seconds = course.last, course.seen - course.began
    rate = (job.done - course.first.done) / seconds if seconds > 0 else 0.0
    return {
        "id": job.id,
        "done": job.done,
        "total": job.total,
        "per_second": round(rate, 2),
        "seconds_left": round((job.total - job.done) / rate) if rate else None,
    }
