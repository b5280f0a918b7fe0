"""The process that trains: `python -m backend.training.worker JOBFOLDER [SECONDS]`.

It reads what is learned from, tries one learner after the other, and writes what came of each into
the job's folder. It holds no lock and no port, gives way to all other processes, and ends with the
one that started it.
"""

import ctypes
import os
import sys
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from backend.learning.learners.registry import new_learner
from backend.training.attempts import try_all, why_it_failed
from backend.training.job_folder import JobFolder
from backend.training.lifeline import end_with_parent
from labeling.settings.model_sections import LearningSettings

NICENESS = 10
"""How far the worker gives way to other processes, of 19."""

EXPLAINED = 3
"""The exit code of a worker whose last line on standard error says why it failed."""


def train(path: Path, seconds: float | None = None) -> None:
    """Try a job's learners.

    Args:
        path: The job's folder.
        seconds: How long that may take; None: as the settings say.

    Raises:
        DamagedJob: The folder is damaged.
        OSError: It cannot be read or written.
    """
    folder = JobFolder.read(path)
    learning = folder.settings.learning
    _bound_memory(learning)
    makers = {
        name: partial(new_learner, where, folder.settings)
        for name, where in folder.learners.items()
    }
    try_all(folder, makers, learning.train_seconds if seconds is None else seconds, time.monotonic)


def main(words: Sequence[str]) -> int:
    """Train; an error is one line, without texts of the project.

    Args:
        words: The job's folder, and the seconds that training may take.

    Returns:
        The exit code.
    """
    end_with_parent()
    os.nice(NICENESS)
    path, *seconds = words
    try:
        train(Path(path), *map(float, seconds))
    except Exception as error:
        print(why_it_failed(error), file=sys.stderr)
        return EXPLAINED
    return 0


def _bound_memory(learning: LearningSettings) -> None:
    """Leave the GPU's memory to the service, but for a share."""
    try:
        ctypes.CDLL("libcuda.so.1")
    except OSError:  # no driver, so that nobody need wait for torch to say so
        return
    import torch

    if torch.cuda.is_available():
        torch.cuda.set_per_process_memory_fraction(learning.train_memory)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
