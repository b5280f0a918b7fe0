"""What a project teaches: it is fitted, held against the version in force, and trained further."""

import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from backend.calibration.learned_state import LearnedState
from backend.embedding import Embed
from backend.engines.model_client import ModelClient
from backend.learning.fit import Lesson, lesson_of
from backend.learning.held_out import held_out
from backend.learning.training_set import TrainingSet
from backend.pipeline.model_spec import ModelSpec
from backend.pipeline.predictor import Classify, predict_items
from backend.trained_versions import Ask, TrainedVersions
from backend.training.job import Job, Step
from backend.training.results import Results
from backend.training.trainer import Trainer
from backend.versions.candidate import Candidate, light_learners
from backend.versions.contest import Contest, Incumbent, LearnOutcome
from backend.versions.evaluation_set import EvaluationSet
from backend.versions.registry import VersionRegistry
from labeling.errors import EngineError, SettingsError

logger = logging.getLogger(__name__)


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
        classify: Asks the learners that label texts.
        trained_versions: Makes candidates of what trainings made.
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
        classify: Classify,
        trained_versions: TrainedVersions,
        steps: Callable[[], list[Step] | None],
        clock: Callable[[], float],
    ) -> None:
        self._versions = versions
        self._trainer = trainer
        self._artefacts = artefacts
        self._specify = specify
        self._ask = ask
        self._classify = classify
        self._trained_versions = trained_versions
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
        incumbent, evaluation = contest.incumbent, _evaluation_of(pupil)
        if incumbent and (keep_version or incumbent.is_refused(evaluation)):
            return incumbent.goes_on(evaluation)
        is_settled = incumbent is not None and incumbent.is_settled(evaluation)
        is_trained = not anew and self._is_trained(pupil.project, evaluation.data)
        if incumbent and is_settled and is_trained:
            return incumbent.goes_on(evaluation)
        started = self._clock()
        lesson = lesson_of(pupil.blank, pupil.training_set, model, embed)
        believed = held_out(pupil.blank, pupil.training_set, model, embed)
        seconds = self._clock() - started
        learned = lesson.learned
        candidate = Candidate(learned, lesson.report, believed, light_learners(learned), seconds)
        if incumbent and is_settled:
            outcome = incumbent.goes_on(evaluation)
        else:
            outcome = self._enter(contest, evaluation, pupil.blank, candidate)
        self._train(pupil, evaluation.data, lesson, candidate)
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
        return self._enter(contest, _evaluation_of(pupil), pupil.blank, candidate)

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
            known = [candidate]
            made = self._trained_versions.candidates(
                pupil.blank, pupil.training_set, lesson, candidate, results
            )
            for one in made:
                check()
                self.challenge(pupil, one)
                known.append(one)
            check()
            self._let_students_answer(pupil, lesson, known, results)
            with self._lock:
                self._trained[pupil.project] = data

        self._trainer.schedule(Job(pupil.project, data, lesson.materials, steps, on_done))

    def _let_students_answer(
        self, pupil: Pupil, lesson: Lesson, known: Sequence[Candidate], results: Results
    ) -> None:
        """Let students of what is in force answer what they are sure of.

        They lose no more than the settings state, and so need not beat anything.
        """
        contest = self._contest(pupil, *self._ask(pupil.blank))
        teachers = [
            one
            for one in known
            if self._specify(pupil.blank, one.learned).model_version == contest.in_force
        ]
        if teachers:
            found = self._trained_versions.with_students(pupil.blank, lesson, teachers[0], results)
            if found:
                evaluation = _evaluation_of(pupil)
                self._enter(contest, evaluation, pupil.blank, found, is_bounded=True)

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
        self,
        contest: Contest,
        evaluation: EvaluationSet,
        blank: ModelSpec,
        candidate: Candidate,
        *,
        is_bounded: bool = False,
    ) -> LearnOutcome:
        name = self._specify(blank, candidate.learned).model_version
        with self._writing():
            return contest.enter(
                evaluation, name, candidate, datetime.now(UTC), is_bounded=is_bounded
            )

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


def _evaluation_of(pupil: Pupil) -> EvaluationSet:
    return EvaluationSet.of(pupil.blank, pupil.training_set)
