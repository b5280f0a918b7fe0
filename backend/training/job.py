"""A training job: what is learned from, in which steps, and who is told what came of it."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from backend.learning.material import Material
from backend.training.cancellation import Cancellation
from backend.training.job_folder import JobFolder
from backend.training.results import Results


class StepFailed(Exception):
    """A step came to no end; its message is one line that says why."""


class Step(ABC):
    """A part of a job: tries some learners, and writes what came of them into the job's folder.

    Attributes:
        names: The learners, in the order in which they are tried.
        in_worker: What makes those that a worker process tries, by name; see
            `backend.learning.learners.registry`.
    """

    names: Sequence[str]
    in_worker: Mapping[str, str]

    @abstractmethod
    def run(self, folder: JobFolder, seconds: float, cancellation: Cancellation) -> None:
        """Try the learners.

        Args:
            folder: The job's folder.
            seconds: How long it may take.
            cancellation: Calls it off.

        Raises:
            Cancelled: It was called off.
            StepFailed: It came to no end.
            DamagedJob: The folder is damaged.
            OSError: The folder cannot be read or written.
        """


OnDone: TypeAlias = Callable[["Job", Results, Callable[[], None]], None]
"""Takes what came of a job, after its artefacts were kept; may take its time. What it is given last
is called before anything is put in force: it raises `Cancelled` where a newer lesson came."""


@dataclass(frozen=True, slots=True)
class Job:
    """One project's training.

    Attributes:
        project: Whose it is.
        lesson: Digest of all that is learned from: of two jobs with the same, one is done.
        materials: What the learners are given, by control.
        steps: What is done, in order.
        on_done: Is told what came of it, on the trainer's thread; not of a job that was called off
            or failed as a whole.
    """

    project: str
    lesson: str
    materials: Mapping[str, Material]
    steps: Sequence[Step]
    on_done: OnDone
