"""What a project teaches: it is fitted, held against the version in force, and trained further."""

import logging
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, TypeAlias

from backend.calibration.control_model import LORA
from backend.calibration.learned_state import LearnedState
from backend.classifiers.adapter_prior import read_prior
from backend.embedding import Embed
from backend.engines.model_client import ModelClient
from backend.learning.examples.choose import ExampleBudget
from backend.learning.fit import Lesson, lesson_of
from backend.learning.held_out import held_out
from backend.learning.training_set import TrainingSet
from backend.learning.with_examples import with_examples
from backend.learning.with_learners import TrainedLearner, with_learners
from backend.pipeline.model_spec import ModelSpec
from backend.pipeline.predictor import Classify, predict_items
from backend.training.job import Job, Step
from backend.training.results import FailedLearner, FittedLearner, Results, TriedLearner
from backend.training.trainer import Trainer
from backend.versions.candidate import Candidate, light_learners
from backend.versions.contest import Answers, Contest, Incumbent, LearnOutcome
from backend.versions.registry import VersionRegistry
from labeling.errors import EngineError, SettingsError

logger = logging.getLogger(__name__)

Ask: TypeAlias = Callable[[ModelSpec], tuple[ModelClient, Embed | None]]
"""Returns what answers a model spec's questions, and an encoder, within a time budget from now."""


@dataclass(frozen=True, slots=True)
class Pupil:
    """A project, as it is asked before anything is learned about it.

    Attributes:
        project: Its id.
        label_config: What is asked.
        blank: How its tasks are answered under its instruction, nothing fitted yet.
        training_set: Everything that it teaches.
    """

    project: str
    label_config: str
    blank: ModelSpec
    training_set: TrainingSet


class Teacher:
    """Makes versions of what projects teach.

    Args:
        versions: The versions on disk.
        trainer: Trains beside serving.
        artefacts: The folder of weights, by their digests.
        specify: Returns how tasks are answered, given a model spec's form and a state.
        ask: See `Ask`.
        ask_patiently: The same, with the time that a training has; None: no examples are tried.
        classify: Asks the learners that label texts.
        steps: Returns the steps of a training; None: nothing is trained.
        clock: Returns the time, in seconds.
    """

    def __init__(
        self,
        versions: VersionRegistry,
        trainer: Trainer,
        artefacts: Path,
        specify: Callable[[ModelSpec, LearnedState], ModelSpec],
        ask: Ask,
        ask_patiently: Ask | None,
        classify: Classify,
        steps: Callable[[], list[Step] | None],
        clock: Callable[[], float],
    ) -> None:
        self._versions = versions
        self._trainer = trainer
        self._artefacts = artefacts
        self._specify = specify
        self._ask = ask
        self._ask_patiently = ask_patiently
        self._classify = classify
        self._steps = steps
        self._clock = clock
        self._trained: dict[str, str] = {}
        self._lock = threading.Lock()

    def learn(
        self, pupil: Pupil, *, keep_version: bool = False, anew: bool = False
    ) -> LearnOutcome:
        """Fit what a project teaches; put it in force where it beats the version that is.

        What takes longer to fit is trained beside serving, and then held against that in turn. The
        same answers once more change nothing, and cost nothing. A failure leaves the last good
        version in force.

        Args:
            pupil: The project.
            keep_version: Whether the version in force goes on, where it applies, whatever was
                answered since.
            anew: Whether what was trained on the same answers is trained once more.

        Returns:
            The version that is in force now, the report of its fit, and what it believes of the
            answered texts.

        Raises:
            TandemError: The time budget ran out, the model cannot answer, or what was learned
                cannot be written.
        """
        client, embed = self._ask(pupil.blank)
        # What is held out asks the same again, when the time budget may long be over.
        model = client.remembering()
        contest = self._contest(pupil, model, embed)
        answers, incumbent = Answers.of(pupil.blank, pupil.training_set), contest.incumbent
        if incumbent and (keep_version or incumbent.is_refused(answers)):
            return incumbent.goes_on(answers)
        is_settled = incumbent is not None and incumbent.is_settled(answers)
        is_trained = not anew and self._is_trained(pupil.project, answers.data)
        if incumbent and is_settled and is_trained:
            return incumbent.goes_on(answers)
        started = self._clock()
        lesson = lesson_of(pupil.blank, pupil.training_set, model, embed)
        believed = held_out(pupil.blank, pupil.training_set, model, embed)
        seconds = self._clock() - started
        learned = lesson.learned
        candidate = Candidate(learned, lesson.report, believed, light_learners(learned), seconds)
        if incumbent and is_settled:
            outcome = incumbent.goes_on(answers)
        else:
            outcome = self._enter(contest, answers, pupil.blank, candidate)
        self._train(pupil, answers.data, lesson, candidate)
        return outcome

    def challenge(self, pupil: Pupil, candidate: Candidate) -> LearnOutcome:
        """Put what was fitted elsewhere in force, where it beats the version that is.

        Args:
            pupil: The project, with the answers that the candidate was fitted on.
            candidate: What was fitted, under the present model and prompt.

        Returns:
            See `learn`.

        Raises:
            TandemError: See `learn`.
        """
        contest = self._contest(pupil, *self._ask(pupil.blank))
        answers = Answers.of(pupil.blank, pupil.training_set)
        return self._enter(contest, answers, pupil.blank, candidate)

    def use(self, project: str, name: str, specify: Callable[[str], ModelSpec]) -> str | None:
        """Put a known version in force, by an admin's word.

        Args:
            project: The project's id.
            name: The version.
            specify: Returns how the project's tasks are answered under an instruction, nothing
                fitted yet.

        Returns:
            The version that was in force before; None: none was.

        Raises:
            SettingsError: The version is unknown, or does not apply to what is asked now.
            EngineError: That cannot be written; the last version stays in force.
        """
        learned = self._versions.state_of(project, name)
        if learned is None:
            raise SettingsError(
                f"There is no version {name!r} of this project that can be read",
                hint="`tandem models` lists those that there are.",
            )
        present = self._versions.get(project) or learned
        blank = specify(present.instruction)
        version = self._specify(blank, learned).model_version
        if learned.basis != blank.basis or version != name:
            raise SettingsError(
                f"{name} does not apply any more: the model, the embedding model, the prompt or the"
                " label config changed since it was fitted, or its weights are gone",
                hint="Take back that change first, or use a version that was fitted since.",
            )
        with self._writing():
            return self._versions.use(project, name)

    def _is_trained(self, project: str, data: str) -> bool:
        """Return whether nothing is left to train on these answers."""
        with self._lock:
            return self._steps() is None or self._trained.get(project) == data

    def _train(self, pupil: Pupil, data: str, lesson: Lesson, candidate: Candidate) -> None:
        """Let what takes longer to fit be trained on the same answers."""
        steps = self._steps()
        if steps is None or not lesson.materials:
            return

        def on_done(_: Job, results: Results, check: Callable[[], None]) -> None:
            self._hold(pupil, pupil.blank, lesson, candidate, results, check)
            if self._ask_patiently:
                self._try_examples(pupil, candidate, results, check, self._ask_patiently)
            with self._lock:
                self._trained[pupil.project] = data

        self._trainer.schedule(Job(pupil.project, data, lesson.materials, steps, on_done))

    def _hold(
        self,
        pupil: Pupil,
        spec: ModelSpec,
        lesson: Lesson,
        light: Candidate,
        results: Results,
        check: Callable[[], None],
    ) -> LearnOutcome | None:
        """Hold what was trained against the version in force; None: no learner earned a place."""
        trained = {
            control: {
                name: self._trained_learner(name, one)
                for name, one in by_learner.items()
                if isinstance(one, FittedLearner)
            }
            for control, by_learner in results.items()
        }
        version = with_learners(spec, lesson, light.held_out, trained)
        if not version.artefacts:
            logger.info("No learner earned a place beside what is fitted within a lesson")
            return None
        heavier = Candidate(
            version.learned,
            {**version.report, "training": _costs(results)},
            version.held_out,
            (*light.learners, *_learners(version.learned)),
            light.seconds + _seconds(results),
            version.artefacts,
        )
        check()
        return self.challenge(pupil, heavier)

    def _try_examples(
        self,
        pupil: Pupil,
        light: Candidate,
        results: Results,
        check: Callable[[], None],
        ask: Ask,
    ) -> None:
        """Hold prompts with examples against the version in force, where they earn their place."""
        started = self._clock()
        model, embed = ask(pupil.blank)
        found, told = with_examples(
            pupil.blank, self._specify, pupil.training_set, model, embed, ExampleBudget()
        )
        if found is None:
            logger.info("No examples earned a place in prompts")
            return
        seconds = light.seconds + self._clock() - started
        learners = (*light_learners(found.lesson.learned), "examples")
        report = {**found.lesson.report, "examples": told}
        candidate = Candidate(found.lesson.learned, report, found.held_out, learners, seconds)
        check()
        self.challenge(pupil, candidate)
        # An adapter was trained on prompts without them.
        others = {
            control: {name: one for name, one in by_learner.items() if name != LORA}
            for control, by_learner in results.items()
        }
        lesson = replace(found.lesson, report=report)
        self._hold(pupil, found.spec, lesson, candidate, others, check)

    def _trained_learner(self, name: str, fitted: FittedLearner) -> TrainedLearner:
        beliefs = fitted.held_out.probabilities
        prior = read_prior(self._artefacts / fitted.artefact) if name == LORA else ()
        return TrainedLearner(beliefs, fitted.open_, fitted.artefact, prior)

    def _contest(self, pupil: Pupil, model: ModelClient, embed: Embed | None) -> Contest:
        """Return the version in force, which what is learned has to beat where it applies."""
        project, blank = pupil.project, pupil.blank
        name, fitted = self._versions.name_in_force(project), self._versions.in_force(project)
        incumbent = None
        if fitted and fitted.learned.basis == blank.basis:
            served = self._specify(blank, fitted.learned)
            if served.model_version == fitted.version.name:
                answer = partial(predict_items, served, model, embed=embed, classify=self._classify)
                incumbent = Incumbent(fitted, self._versions.versions(project), answer)
        return Contest(self._versions, self._artefacts, project, name, incumbent)

    def _enter(
        self, contest: Contest, answers: Answers, blank: ModelSpec, candidate: Candidate
    ) -> LearnOutcome:
        name = self._specify(blank, candidate.learned).model_version
        with self._writing():
            return contest.enter(answers, name, candidate, datetime.now(UTC))

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """Say in one line that a version cannot be written."""
        try:
            yield
        except OSError as error:
            raise EngineError(
                f"What was learned cannot be written: {error}",
                where=str(self._artefacts.parent),
                hint="Make room on the disk, or let this user write there; until then the last"
                " version stays in force.",
            ) from error


def _learners(learned: LearnedState) -> list[str]:
    """Name the learners that a state counts on, each once."""
    names = [name for one in learned.controls.values() for name in one.artefacts]
    return list(dict.fromkeys(names))


def _costs(results: Results) -> dict[str, Any]:
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
