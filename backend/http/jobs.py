"""Jobs that callers name: how far each is, how fast, and how long it still takes."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from labeling.protocol.health import JobProgress
from labeling.protocol.predict import JobStatus

FORGOTTEN_SECONDS = 300.0
"""After which a job that no request names any more is forgotten."""

MOST = 32
"""Jobs that are known at one time; those named last stay."""


@dataclass(frozen=True, slots=True)
class _ObservedJob:
    """A job from when it was first named until it last was, in seconds of the clock."""

    first: JobStatus
    began: float
    last: JobStatus
    seen: float


class Jobs:
    """The jobs at hand.

    Args:
        clock: Tells the time, in seconds.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._observed: dict[str, _ObservedJob] = {}
        self._lock = threading.Lock()

    def note(self, job: JobStatus) -> None:
        """Record how far a job is; one that falls back or changes its size begins anew."""
        now = self._clock()
        with self._lock:
            known = self._observed.pop(job.id, None)
            goes_on = known and known.last.total == job.total and known.last.done <= job.done
            first, began = (known.first, known.began) if known and goes_on else (job, now)
            self._observed[job.id] = _ObservedJob(first, began, job, now)
            if len(self._observed) > MOST:
                del self._observed[next(iter(self._observed))]

    def running(self) -> list[JobProgress]:
        """Return the jobs that are not done, the one named last at the end."""
        oldest = self._clock() - FORGOTTEN_SECONDS
        with self._lock:
            observed = list(self._observed.values())
        return [
            _progress(one)
            for one in observed
            if one.seen >= oldest and one.last.done < one.last.total
        ]


def _progress(one: _ObservedJob) -> JobProgress:
    job, seconds = one.last, one.seen - one.began
    rate = (job.done - one.first.done) / seconds if seconds > 0 else 0.0
    return JobProgress(
        id=job.id,
        done=job.done,
        total=job.total,
        per_second=round(rate, 2),
        seconds_left=round((job.total - job.done) / rate) if rate else None,
    )
