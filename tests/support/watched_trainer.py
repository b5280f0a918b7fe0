"""A trainer of tests: what came of its jobs, what it handed over, and what it leaves behind."""

import json
import os
import queue
from collections.abc import Callable
from pathlib import Path

from backend.training.job import Job
from backend.training.results import Results
from backend.training.trainer import Trainer
from labeling.protocol.health import TrainingOutcome
from labeling.settings.settings import Settings
from tests.support.training_jobs import fitted

SOON = 120.0


class Watched:
    """A trainer, what came of its jobs, and what it handed over."""

    def __init__(self, settings: Settings) -> None:
        self._learned = settings.data_dir / "learned" / "7"
        self._outcomes: queue.Queue[str] = queue.Queue()
        self.trainer = Trainer(settings, self._outcomes.put)
        self.handed: list[tuple[Job, Results]] = []

    def take(self, job: Job, results: Results, check: Callable[[], None]) -> None:
        """Make a version of what a job made, so that it is kept."""
        check()
        self.handed.append((job, results))
        version = self._learned / f"model-{len(self.handed)}"
        version.mkdir(parents=True)
        (version / "state.json").write_text(json.dumps(fitted(results)))

    def counted(self, jobs: int) -> list[str]:
        """What was counted of the next jobs that end."""
        return [self._outcomes.get(timeout=SOON) for _ in range(jobs)]

    def outcome(self) -> TrainingOutcome:
        """What came of the next job that ends."""
        [counted] = self.counted(1)
        progress = self.trainer.progress()
        assert progress
        assert progress.last
        assert progress.last.outcome == counted
        return progress.last


def is_empty(data_dir: Path) -> bool:
    """Whether no job's folder, and so no text, is left."""
    return not any((data_dir / "training").iterdir())


def artefacts(data_dir: Path) -> list[str]:
    return sorted(one.name for one in (data_dir / "artefacts").glob("*"))


def is_gone(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return True
    return False
