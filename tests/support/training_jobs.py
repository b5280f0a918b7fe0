"""Training jobs for tests: what is learned from, and learners that stop where a test says.

A learner that stops tells its process's number through a pipe with a name, and goes on once the
test has opened another one. Nobody waits for a time: a pipe is read once its other end is open, and
ends with the process that has it.
"""

import os
import signal
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import ClassVar

import numpy as np

from backend.calibration.noisy_labels import NoisyLabels
from backend.engines import Prompt, Request
from backend.learning.learners.base import Learned, Learner, Progress, unheard
from backend.learning.material import Material, Texts
from backend.training.job import Job, OnDone, Step
from backend.training.results import Results
from backend.training.steps import WorkerStep
from labeling.mathtypes import Floats
from labeling.settings.settings import Settings
from tests.support.distorted_models import world
from tests.support.head_learner import FittedHead, Head

HEAD = "tests.support.head_learner:new_head"
STOPPING = f"{__name__}:new_stopping"
RAISING = f"{__name__}:new_raising"
OUT_OF_MEMORY = f"{__name__}:new_out_of_memory"
ABSENT = "tests.support.no_such_module:new_learner"

SECRET = "a text of the project"


def material_of(answers: int = 120, *, whole: bool = True) -> Material:
    """People's answers to texts; with embeddings, requests, opinions and open texts where whole."""
    noisy_labels = world(answers, seed=0)
    random = np.random.default_rng(1)

    def texts(size: int, beliefs: NoisyLabels) -> Texts:
        words = tuple(f"Text {number}, {SECRET}: “é\ud800”" for number in range(size))
        requests = tuple(
            Request(Prompt("Label it.\n", one, "\nLabel:"), (" a", " b")) for one in words
        )
        if not whole:
            return Texts(words, beliefs.log_probabilities)
        vectors = random.normal(size=(size, 4))
        return Texts(words, beliefs.log_probabilities, vectors, requests)

    opinions = np.eye(3)[noisy_labels.answers] * 0.5 + 0.5 / 3
    given = NoisyLabels(
        noisy_labels.log_probabilities,
        noisy_labels.answers,
        np.full(answers, 0.9),
        opinions if whole else None,
    )
    open_ = texts(7, world(7, seed=2)) if whole else None
    return Material(("a", "b", "c"), texts(answers, given), given, open_)


def job_of(
    learners: Mapping[str, str],
    on_done: OnDone = lambda *_: None,
    project: str = "7",
    lesson: str = "first",
    steps: Sequence[Step] | None = None,
) -> Job:
    """A job with one control, whose learners a worker process tries."""
    materials = {"topic": material_of()}
    return Job(project, lesson, materials, steps or [WorkerStep(learners)], on_done)


def fitted(results: Results) -> dict[str, str]:
    """The artefact of each learner that was fitted to the one control."""
    [by_learner] = results.values()
    return {name: getattr(one, "artefact", "") for name, one in by_learner.items()}


class Stop:
    """Where the stopping learners of one data folder stop: at a fit, from 1 to 6, or at `save`.

    Args:
        data_dir: The settings' folder.
        point: The point.
    """

    def __init__(self, data_dir: Path, point: str = "1") -> None:
        self._folder = data_dir
        data_dir.mkdir(parents=True, exist_ok=True)
        (data_dir / "point").write_text(point, "utf-8")
        for name in ("reached", "go"):
            os.mkfifo(data_dir / name)

    def reached(self) -> "Worker":
        """Wait until a learner is there, and return its process."""
        return Worker(self._folder)

    def lift(self) -> None:
        """Let no learner stop that comes there from now on."""
        (self._folder / "point").write_text("nowhere", "utf-8")


class Worker:
    """A process whose learner waits at the point."""

    def __init__(self, folder: Path) -> None:
        self._go = folder / "go"
        self._pipe = (folder / "reached").open("r", encoding="utf-8")
        self.number = int(self._pipe.readline())

    def go_on(self) -> None:
        """Let it go on."""
        self._go.open("w").close()
        self._pipe.close()

    def kill(self) -> None:
        """Kill it, as the system does that is short of memory."""
        os.kill(self.number, signal.SIGKILL)
        self.wait_until_dead()

    def wait_until_dead(self) -> None:
        """Return once it holds no pipe any more."""
        assert self._pipe.read() == ""
        self._pipe.close()


def stop_at(folder: Path, point: str) -> None:
    """Wait, where this is the point that a test named, until it lets this process go on."""
    if (folder / "point").read_text("utf-8") == point:
        with (folder / "reached").open("w", encoding="utf-8") as reached:
            reached.write(f"{os.getpid()}\n")
            reached.flush()
            (folder / "go").open("r").close()


class _StoppingHead:
    """A head that may stop before it is written."""

    def __init__(self, head: FittedHead, folder: Path) -> None:
        self._head = head
        self._folder = folder

    def __call__(self, texts: Texts) -> Floats:
        return self._head(texts)

    def save(self, folder: Path) -> None:
        stop_at(self._folder, "save")
        self._head.save(folder)


class Stopping(Learner):
    """The head, which stops where the test says."""

    name: ClassVar[str] = "stopping"
    fewest_answers: ClassVar[int] = 10

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._fits = 0

    def fit(self, material: Material, progress: Progress = unheard) -> Learned:
        self._fits += 1
        progress(0.5)
        stop_at(self._folder, str(self._fits))
        return _StoppingHead(Head().fit(material, progress), self._folder)


class Raising(Head):
    """Fails, in words that quote a text."""

    def fit(self, material: Material, _: Progress = unheard) -> FittedHead:
        raise RuntimeError(material.known.texts[0])


class OutOfMemory(Head):
    """Finds no memory."""

    def fit(self, _: Material, __: Progress = unheard) -> FittedHead:
        raise MemoryError


def new_stopping(settings: Settings) -> Learner:
    return Stopping(settings.data_dir)


def new_raising(_: Settings) -> Learner:
    return Raising()


def new_out_of_memory(_: Settings) -> Learner:
    return OutOfMemory()
