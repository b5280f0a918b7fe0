"""The two kinds of steps: learners that ask the running engine, and those of a worker process."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from backend.classifiers.store import STUDENT
from backend.learning.learners.registry import LEARNERS, chosen
from backend.training.attempts import Makers, try_all
from backend.training.cancellation import Cancellation
from backend.training.job import Step, StepFailed
from backend.training.job_folder import JobFolder
from backend.training.worker import EXPLAINED
from labeling.settings.model_sections import LearningSettings

OVERTIME = 2.0
"""How many times its seconds a worker may take that tells no progress, and so is not stopped."""

START_SECONDS = 60.0
"""Seconds that a worker may take beyond that, to start."""

_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "RAYON_NUM_THREADS")


class ServiceStep(Step):
    """Learners that ask the running engine, on the trainer's own thread.

    Args:
        makers: What makes each learner, by its name; what it asks the engine is bulk work, which
            people's tasks overtake.
        clock: Returns the time, in seconds.
    """

    def __init__(self, makers: Makers, clock: Callable[[], float] = time.monotonic) -> None:
        self.names = tuple(makers)
        self.in_worker: Mapping[str, str] = {}
        self._makers = makers
        self._clock = clock

    def run(self, folder: JobFolder, seconds: float, cancellation: Cancellation) -> None:
        """Try the learners; see `Step.run`."""
        try_all(folder, self._makers, seconds, self._clock, cancellation.check)


class WorkerStep(Step):
    """Learners that a process of their own tries; it ends with this one.

    Args:
        learners: What makes each learner, by its name.
        threads: Threads that it computes on.
    """

    def __init__(self, learners: Mapping[str, str], threads: int = 1) -> None:
        self.names = tuple(learners)
        self.in_worker = learners
        self._threads = threads

    @classmethod
    def of(cls, learning: LearningSettings) -> "WorkerStep":
        """Return the step that the settings choose."""
        cores = os.cpu_count() or 1
        learners = chosen(learning.train)
        if learning.train and learning.student_loss:
            learners |= {STUDENT: LEARNERS[STUDENT]}
        return cls(learners, learning.train_threads or max(1, cores // 2))

    def run(self, folder: JobFolder, seconds: float, cancellation: Cancellation) -> None:
        """Start the worker and wait for its end; see `Step.run`."""
        log = folder.path / "worker.log"
        with log.open("wb") as said:
            worker = subprocess.Popen(
                # -P: a folder that the service runs in is none of its packages.
                [sys.executable, "-P", "-m", "backend.training.worker", folder.path, str(seconds)],
                stdin=subprocess.PIPE,
                stdout=said,
                stderr=subprocess.STDOUT,
                env=_environment(self._threads),
                start_new_session=True,
            )
            try:
                with cancellation.telling(partial(_kill, worker)):
                    code = worker.wait(seconds * OVERTIME + START_SECONDS)
            except subprocess.TimeoutExpired as error:
                raise StepFailed(f"the worker did not end within {seconds:.0f} s") from error
            finally:
                _kill(worker)
                worker.communicate()
        cancellation.check()
        if code:
            raise StepFailed(_why(code, log, folder))


def steps_of(learning: LearningSettings) -> list[Step] | None:
    """Return the steps of a training; None: the settings want none.

    They may want one without any step: examples are chosen once the steps are done.
    """
    if not learning.train:
        return None
    step = WorkerStep.of(learning)
    return [step] if step.names else []


def _environment(threads: int) -> dict[str, str]:
    """Return the worker's environment: it finds the packages that this process finds."""
    places = os.pathsep.join(str(Path(place).absolute()) for place in sys.path)
    return {**os.environ, "PYTHONPATH": places, **dict.fromkeys(_THREADS, str(threads))}


def _kill(worker: "subprocess.Popen[bytes]") -> None:
    """Kill a worker that still runs, with all that it started."""
    if worker.poll() is None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(worker.pid, signal.SIGKILL)


def _why(code: int, log: Path, folder: JobFolder) -> str:
    """Say why a worker ended before its work did, by its exit code."""
    if code == EXPLAINED:
        return log.read_text("utf-8", errors="replace").splitlines()[-1]
    at_work = folder.progress
    during = f" during {at_work.learner!r}" if at_work else ""
    if code < 0:
        return f"the worker was killed{during} by signal {-code}; the memory may have run out"
    return f"the worker ended{during} with code {code}"
