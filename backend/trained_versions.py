"""Versions of what takes longer to fit: trained beside serving, then held against what is in force.

The cheapest come first: learners, then examples in the prompt, then learners under these; students
of what is in force at the end.
"""

import logging
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeAlias

from backend.calibration.control_model import LORA
from backend.calibration.learned_state import LearnedState
from backend.classifiers.adapter_prior import read_prior
from backend.classifiers.store import STUDENT
from backend.contests import Ask, Contests
from backend.learning.examples.choose import ExampleBudget
from backend.learning.fit import Lesson
from backend.learning.version_with_examples import version_with_examples
from backend.learning.version_with_learners import TrainedLearner, version_with_learners
from backend.learning.version_with_students import version_with_students
from backend.pipeline.model_spec import ModelSpec, Specify
from backend.pupil import Pupil
from backend.training.job import Job, Step
from backend.training.results import FailedLearner, FittedLearner, Results, TriedLearner
from backend.training.trainer import Trainer
from backend.versions.candidate import Candidate, light_learners

logger = logging.getLogger(__name__)

Trained: TypeAlias = Mapping[str, Mapping[str, TrainedLearner]]
"""What a training made, by control and by the learner's name."""


class TrainedVersions:
    """Has what takes longer to fit trained, and makes versions of it.

    Args:
        trainer: Trains beside serving.
        steps: The steps of a training; None: nothing is trained.
        contests: Where what was trained comes into force.
        specify: See `Specify`.
        ask: Returns what answers questions for as long as a training takes; None: no examples are
            tried.
        student_loss: Accuracy that may be lost where students answer, a share; None: none do.
        clock: Returns the time, in seconds.
    """

    def __init__(
        self,
        trainer: Trainer,
        steps: Sequence[Step] | None,
        contests: Contests,
        specify: Specify,
        ask: Ask | None,
        student_loss: float | None,
        clock: Callable[[], float],
    ) -> None:
        self._trainer = trainer
        self._steps = steps
        self._contests = contests
        self._specify = specify
        self._ask = ask
        self._student_loss = student_loss
        self._clock = clock
        self._done: dict[str, str] = {}
        self._lock = threading.Lock()

    def is_due(self, project: str, data: str) -> bool:
        """Return whether something is left to train on a project's answers.

        Args:
            project: The project's id.
            data: Digest of the answers.

        Returns:
            Whether they were not trained on since the start, where anything is trained at all.
        """
        with self._lock:
            return self._steps is not None and self._done.get(project) != data

    def train(self, pupil: Pupil, data: str, lesson: Lesson, light: Candidate) -> None:
        """Let what takes longer to fit be trained on the answers of a lesson; returns at once.

        Args:
            pupil: The project.
            data: Digest of the answers.
            lesson: What was fitted within the lesson.
            light: The same, as a candidate.
        """
        if self._steps is None or not lesson.materials:
            return

        def on_done(_: Job, results: Results, check: Callable[[], None]) -> None:
            known = [light]
            for candidate in self._candidates(pupil, lesson, light, results):
                check()
                self._contests.challenge(pupil, candidate)
                known.append(candidate)
            check()
            self._let_students_answer(pupil, lesson, known, results)
            with self._lock:
                self._done[pupil.project] = data

        self._trainer.schedule(Job(pupil.project, data, lesson.materials, self._steps, on_done))

    def _candidates(
        self, pupil: Pupil, lesson: Lesson, light: Candidate, results: Results
    ) -> Iterator[Candidate]:
        """Give what may beat the version in force, the cheapest first."""
        trained = _trained(results, self._trainer.artefacts)
        heavier = _with_learners(pupil.blank, lesson, light, trained, results)
        if heavier is None:
            logger.info("No learner earned a place beside what is fitted within a lesson")
        else:
            yield heavier
        if self._ask:
            yield from self._with_examples(pupil, light, trained, results, self._ask)

    def _let_students_answer(
        self, pupil: Pupil, lesson: Lesson, known: Sequence[Candidate], results: Results
    ) -> None:
        """Let students of what is in force answer what they are sure of.

        They lose no more than the settings state, and so need not beat anything.
        """
        contest = self._contests.begin(pupil)
        for teacher in known:
            spec = self._specify(pupil.blank, teacher.learned)
            if spec.model_version == contest.in_force:
                found = self._with_students(spec, lesson, teacher, results)
                if found:
                    self._contests.enter(contest, pupil, found, is_bounded=True)
                return

    def _with_students(
        self, spec: ModelSpec, lesson: Lesson, teacher: Candidate, results: Results
    ) -> Candidate | None:
        """Return what is in force with students; None where none may answer."""
        if self._student_loss is None:
            return None
        students = {
            control: by_learner[STUDENT]
            for control, by_learner in _trained(results, self._trainer.artefacts).items()
            if STUDENT in by_learner
        }
        found = version_with_students(spec, lesson, teacher.held_out, students, self._student_loss)
        if found is None:
            logger.info("No student is sure enough of anything to keep the stated loss")
            return None
        digests = {digest for one in found.learned.controls.values() for digest in one.digests}
        return replace(
            teacher,
            learned=found.learned,
            held_out=found.held_out,
            learners=(*teacher.learners, STUDENT),
            artefacts=sorted(digests),
        )

    def _with_examples(
        self, pupil: Pupil, light: Candidate, trained: Trained, results: Results, ask: Ask
    ) -> Iterator[Candidate]:
        """Give versions whose prompts show examples, where these earn their place."""
        started = self._clock()
        model, embed = ask(pupil.blank)
        found, told = version_with_examples(
            pupil.blank, self._specify, pupil.training_set, model, embed, ExampleBudget()
        )
        if found is None:
            logger.info("No examples earned a place in prompts")
            return
        candidate = Candidate(
            found.lesson.learned,
            {**found.lesson.report, "examples": told},
            found.held_out,
            (*light_learners(found.lesson.learned), "examples"),
            light.seconds + self._clock() - started,
        )
        yield candidate
        # An adapter was trained on prompts without them.
        others = {
            control: {name: one for name, one in by_learner.items() if name != LORA}
            for control, by_learner in trained.items()
        }
        heavier = _with_learners(found.spec, found.lesson, candidate, others, results)
        if heavier:
            yield heavier


def _trained(results: Results, artefacts: Path) -> Trained:
    """Read what a training made, given the folder of weights."""
    return {
        control: {
            name: _trained_learner(name, one, artefacts)
            for name, one in by_learner.items()
            if isinstance(one, FittedLearner)
        }
        for control, by_learner in results.items()
    }


def _trained_learner(name: str, fitted: FittedLearner, artefacts: Path) -> TrainedLearner:
    beliefs = fitted.held_out.probabilities
    prior = read_prior(artefacts / fitted.artefact) if name == LORA else ()
    return TrainedLearner(beliefs, fitted.open_, fitted.artefact, prior)


def _with_learners(
    spec: ModelSpec, lesson: Lesson, light: Candidate, trained: Trained, results: Results
) -> Candidate | None:
    """Return a candidate with the learners that earned a place; None: none did."""
    learners = {
        control: {name: one for name, one in by_learner.items() if name != STUDENT}
        for control, by_learner in trained.items()
    }
    version = version_with_learners(spec, lesson, light.held_out, learners)
    if not version.artefacts:
        return None
    return Candidate(
        version.learned,
        {**light.report, **version.report, "training": _costs(results)},
        version.held_out,
        (*light.learners, *_learners(version.learned)),
        light.seconds + _seconds(results),
        version.artefacts,
    )


def _learners(learned: LearnedState) -> Sequence[str]:
    """Name the learners that a state counts on, each once."""
    names = [name for one in learned.controls.values() for name in one.artefacts]
    return list(dict.fromkeys(names))


def _costs(results: Results) -> Mapping[str, Any]:
    """Write what came of each learner as JSON's types, by control."""
    return {
        control: {name: _cost(one) for name, one in by_learner.items()}
        for control, by_learner in results.items()
    }


def _cost(tried: TriedLearner) -> Mapping[str, Any]:
    return {"failed": tried.why} if isinstance(tried, FailedLearner) else tried.to_json()


def _seconds(results: Results) -> float:
    """Return the seconds that all judging and fitting took."""
    return sum(
        one.seconds + one.held_out.seconds
        for by_learner in results.values()
        for one in by_learner.values()
        if isinstance(one, FittedLearner)
    )
