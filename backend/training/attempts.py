"""Learners tried one by one, within a time: each is judged, fitted on all answers, and kept."""

import shutil
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeAlias

from backend.calibration.noisy_labels import FOLDS
from backend.learning.learners.base import Learner, Progress
from backend.learning.learners.judging import judge
from backend.learning.material import Material
from backend.learning.report import quality
from backend.training.artefacts import folder_bytes, folder_digest
from backend.training.cancellation import Cancelled
from backend.training.job_folder import JobFolder
from backend.training.results import FailedLearner, FittedLearner, TriedLearner, require_beliefs
from backend.training.work_progress import PARTS, WorkProgress
from labeling.errors import TandemError
from labeling.private_files import make_private_folder

JUDGING = FOLDS / PARTS
"""The share of a learner's work that judging it is."""

FINISHING = 1.5
"""How many times the seconds may be taken where nothing but a fit on all answers is left to do."""

Makers: TypeAlias = Mapping[str, Callable[[], Learner]]
"""What makes each learner, by its name, in the order in which they are tried."""


class OutOfTime(Exception):
    """The time for all learners is over."""


def try_all(
    folder: JobFolder,
    makers: Makers,
    seconds: float,
    clock: Callable[[], float],
    check: Callable[[], None] = lambda: None,
) -> None:
    """Try learners on every control, and write what came of each; one that fails stops no other.

    What is left of the time is shared alike by those that are still to come, so that what one does
    not need serves the next. A learner is stopped, at the next word of its progress, where the
    whole time is over; but if it has been judged, it may finish.

    Args:
        folder: The job, which results and progress are written to.
        makers: The learners.
        seconds: How long all may take.
        clock: Returns the time, in seconds.
        check: Called with every word of progress; what it raises ends all.

    Raises:
        DamagedJob: The folder is damaged.
        OSError: It cannot be read or written.
    """
    began, report = clock(), folder.reporting()
    pairs = [(control, name) for name in makers for control in folder.controls]
    for place, (control, name) in enumerate(pairs):

        def progress(
            share: float, place: int = place, pair: tuple[str, str] = pairs[place]
        ) -> None:
            check()
            report(WorkProgress(*pair, of_learner=share, done=(place + share) / len(pairs)))
            if clock() - began > seconds * (FINISHING if share >= JUDGING else 1.0):
                raise OutOfTime

        share = (seconds - (clock() - began)) / (len(pairs) - place)
        material, artefact = folder.material(control), folder.artefact_folder(control, name)
        folder.put(
            control, name, _attempt(makers[name], material, artefact, share, clock, progress)
        )


def why_it_failed(error: BaseException) -> str:
    """Say in one line why a learner failed; never in a foreign error's words, which quote texts.

    Args:
        error: What it raised.

    Returns:
        The line, without a full stop.

    Examples:
        >>> why_it_failed(MemoryError())
        'out of memory'
    """
    kind = type(error).__name__
    if isinstance(error, MemoryError) or kind == "OutOfMemoryError":  # the latter is torch's
        return "out of memory"
    if isinstance(error, OutOfTime):
        return "the time for training was over"
    if isinstance(error, TandemError):
        return " ".join(error.lines).removesuffix(".")
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    frames = traceback.extract_tb(error.__traceback__)
    return f"{kind} in {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else kind


def _attempt(
    make: Callable[[], Learner],
    material: Material,
    artefact: Path,
    seconds: float,
    clock: Callable[[], float],
    progress: Progress,
) -> TriedLearner:
    try:
        progress(0.0)
        learner = make()
        if len(material) < learner.fewest_answers:
            return FailedLearner(
                f"it needs {learner.fewest_answers} answers, and there are {len(material)}"
            )
        return _fit(learner, material, artefact, seconds, clock, progress)
    except Cancelled:
        raise
    except Exception as error:
        shutil.rmtree(artefact, ignore_errors=True)
        return FailedLearner(why_it_failed(error))


def _fit(
    learner: Learner,
    material: Material,
    artefact: Path,
    seconds: float,
    clock: Callable[[], float],
    progress: Progress,
) -> FittedLearner:
    held_out = judge(
        learner, material, clock, seconds * JUDGING, lambda share: progress(share * JUDGING)
    )
    require_beliefs(held_out)
    began = clock()
    learned = learner.fit(material, lambda share: progress(JUDGING + share * (1 - JUDGING)))
    fit_seconds = clock() - began
    make_private_folder(artefact)
    learned.save(artefact)
    progress(1.0)
    judged = held_out.is_judged
    return FittedLearner(
        held_out,
        learned(material.open_) if material.open_ else None,
        quality(material.answers.part(judged), held_out.probabilities[judged]),
        folder_digest(artefact),
        fit_seconds,
        folder_bytes(artefact),
    )
