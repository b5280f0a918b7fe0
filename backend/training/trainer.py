"""Who trains: one job at a time beside serving, the others wait; a newer lesson calls off an older.

Nothing that a job makes is in force before `on_done` puts it there. So a worker or a service that
is killed leaves everything as it was, but for the job's folder, which the next start removes. Until
then it names the job's artefacts, so that nobody removes them before a version does.
"""

import logging
import shutil
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal
from uuid import uuid4

from filelock import FileLock, Timeout

from backend.training.artefacts import remove_unnamed
from backend.training.attempts import why_it_failed
from backend.training.cancellation import Cancellation, Cancelled
from backend.training.job import Job, Step, StepFailed
from backend.training.job_folder import JobFolder
from backend.training.results import RESULT, FailedLearner, FittedLearner, Results
from backend.versions.version_files import STATE
from labeling.logs.lines import fields
from labeling.logs.safe_trace import trace
from labeling.private_files import make_private_folder
from labeling.protocol.health import RunningTraining, TrainingOutcome, TrainingProgress
from labeling.settings.settings import Settings

logger = logging.getLogger(__name__)

NEWER_LESSON = "cancelled by a newer lesson"
STOPPED = "the service stopped"

_LOCK = "lock"


@dataclass(slots=True)
class _Running:
    """The job at hand; the trainer's thread alone changes what is not given at first."""

    job: Job
    began: float
    cancellation: Cancellation = field(default_factory=Cancellation)
    folder: JobFolder | None = None
    done_before: float = 0.0
    share: float = 1.0


class Trainer:
    """The trainer of a service.

    Args:
        settings: The settings; jobs are written below their `data_dir`, and artefacts kept there.
        count: Is told the outcome of every job: `done`, `failed` or `cancelled`.
        clock: Returns the time, in seconds.
    """

    def __init__(
        self,
        settings: Settings,
        count: Callable[[str], object] = lambda _: None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.artefacts = settings.data_dir / "artefacts"
        self._settings = settings
        self._jobs = settings.data_dir / "training"
        self._naming = {
            settings.data_dir / "learned": f"{STATE}*",  # what was set aside, too
            self._jobs: RESULT,
        }
        self._count = count
        self._clock = clock
        self._changed = threading.Condition()
        self._waiting: dict[str, Job] = {}
        self._running: _Running | None = None
        self._last: TrainingOutcome | None = None
        self._thread: threading.Thread | None = None
        self._is_stopped = False
        _remove_stale(self._jobs)

    def schedule(self, job: Job) -> None:
        """Let a job be done once its turn comes.

        It calls off the project's own job at hand, and takes the place of one that waits, unless
        that is of the same lesson.
        """
        with self._changed:
            if self._is_stopped:
                return
            running = self._running
            if running and running.job.project == job.project and running.cancellation.why is None:
                if running.job.lesson == job.lesson:
                    return
                running.cancellation.cancel(NEWER_LESSON)
            replaced = self._waiting.get(job.project)
            if replaced and replaced.lesson == job.lesson:
                return
            self._waiting[job.project] = job
            if replaced:
                self._count("cancelled")
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="trainer", daemon=True)
                self._thread.start()
            self._changed.notify_all()

    def progress(self) -> TrainingProgress | None:
        """Return what is trained, what waits, and what came of the last one; None: nothing was."""
        with self._changed:
            running, waiting, last = self._running, tuple(self._waiting), self._last
        if not running and not waiting and not last:
            return None
        return TrainingProgress(
            running=self._told(running) if running else None, waiting=waiting, last=last
        )

    def wait_until_idle(self) -> None:
        """Return once nothing is trained, and nothing waits."""
        with self._changed:
            self._changed.wait_for(lambda: not self._running and not self._waiting)

    def stop(self) -> None:
        """Call off all jobs; nothing is scheduled any more."""
        with self._changed:
            self._is_stopped = True
            self._waiting.clear()
            if self._running:
                self._running.cancellation.cancel(STOPPED)
            self._changed.notify_all()

    def close(self) -> None:
        """Stop, and wait until no worker is left."""
        self.stop()
        if self._thread:
            self._thread.join()

    def _work(self) -> None:
        while running := self._next():
            outcome = self._outcome_of(running)
            self._remove_unnamed()
            said = fields(project=outcome.project, seconds=outcome.seconds)
            level = logging.WARNING if outcome.outcome == "failed" else logging.INFO
            logger.log(level, "Training %s: %s", outcome.outcome, outcome.why, extra=said)
            with self._changed:
                self._running, self._last = None, outcome
                self._changed.notify_all()
            self._count(outcome.outcome)

    def _next(self) -> _Running | None:
        """Return the job whose turn it is, once there is one; None: there will be none."""
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._is_stopped)
            if self._is_stopped:
                return None
            project = next(iter(self._waiting))
            self._running = _Running(self._waiting.pop(project), self._clock())
            return self._running

    def _outcome_of(self, running: _Running) -> TrainingOutcome:
        """Do a job, whatever happens."""
        results: Results = {}
        outcome: Literal["done", "failed", "cancelled"] = "failed"
        try:
            with _new_folder(self._jobs) as path:
                results = self._results_of(running, path)
            outcome, why = "done", _summary(results)
        except Cancelled as error:
            outcome, why = "cancelled", str(error)
        except StepFailed as error:
            why = str(error)
        except Exception as error:
            logger.error("Training failed: %s", trace(error))
            why = why_it_failed(error)
        return TrainingOutcome(
            project=running.job.project,
            outcome=outcome,
            why=why,
            seconds=round(self._clock() - running.began, 1),
            failed=_failures(results),
        )

    def _remove_unnamed(self) -> None:
        """Remove what this job and earlier ones made, and no version has a use for."""
        try:
            if removed := remove_unnamed(self.artefacts, self._naming):
                logger.info("Artefacts removed that no version names", extra=fields(count=removed))
        except OSError as error:
            logger.warning("Artefacts that no version names cannot be removed: %s", error)

    def _results_of(self, running: _Running, path: Path) -> Results:
        job, check = running.job, running.cancellation.check
        in_worker = {name: make for step in job.steps for name, make in step.in_worker.items()}
        folder = JobFolder.write(path, job.materials, in_worker, self._settings)
        running.folder = folder
        deadline = running.began + self._settings.learning.train_seconds
        for step, before, share in _shares(job.steps):
            check()
            folder.forget_progress()
            running.done_before, running.share = before, share
            step.run(folder, max(deadline - self._clock(), 0.0), running.cancellation)
        results = folder.results()
        if job.steps and not _fitted(results):
            raise StepFailed(_summary(results))
        check()
        folder.keep_artefacts(results, self.artefacts)
        job.on_done(job, results, check)
        return results

    def _told(self, running: _Running) -> RunningTraining:
        seconds = self._clock() - running.began
        at_work = running.folder.progress if running.folder else None
        done = running.done_before + running.share * (at_work.done if at_work else 0.0)
        left = max(self._settings.learning.train_seconds - seconds, 0.0)
        return RunningTraining(
            project=running.job.project,
            control=at_work.control if at_work else None,
            learner=at_work.learner if at_work else None,
            part=at_work.part if at_work else None,
            done=round(done, 3),
            seconds=round(seconds),
            seconds_left=round(min(seconds * (1 - done) / done, left)) if done else round(left),
        )


def _shares(steps: Sequence[Step]) -> Iterator[tuple[Step, float, float]]:
    """Give each step, the share of the work before it, and its own: as many as its learners."""
    total, before = sum(len(step.names) for step in steps), 0
    for step in steps:
        yield step, before / total, len(step.names) / total
        before += len(step.names)


def _failures(results: Results) -> dict[str, str]:
    """Return why learners failed, by learner; of several controls, the last one's reason."""
    return {
        learner: tried.why
        for by_learner in results.values()
        for learner, tried in by_learner.items()
        if isinstance(tried, FailedLearner)
    }


def _fitted(results: Results) -> set[str]:
    """Return the learners that were fitted to any control."""
    return {
        learner
        for by_learner in results.values()
        for learner, tried in by_learner.items()
        if isinstance(tried, FittedLearner)
    }


def _summary(results: Results) -> str:
    """Say in a line which learners were fitted, and why others were not."""
    fitted = _fitted(results)
    failed = [f"{learner}: {why}" for learner, why in _failures(results).items()]
    return "; ".join([", ".join(sorted(fitted)) or "no learner was fitted", *failed])


@contextmanager
def _new_folder(jobs: Path) -> Iterator[Path]:
    """Yield a new folder below the jobs', held by this process, and remove it at the end."""
    path = jobs / uuid4().hex
    make_private_folder(path)
    try:
        with FileLock(path / _LOCK):
            yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


def _remove_stale(jobs: Path) -> None:
    """Remove the folders of jobs whose process is gone: of a service that was killed."""
    for path in jobs.iterdir() if jobs.is_dir() else ():
        try:
            with FileLock(path / _LOCK, timeout=0):
                shutil.rmtree(path, ignore_errors=True)
        except Timeout:
            continue
        except OSError as error:
            logger.warning("A training's folder cannot be removed (%s): %s", path, error)
