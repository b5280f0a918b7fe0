"""What a training made, as versions that may come into force: by learners, examples, students."""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeAlias

from backend.calibration.control_model import LORA
from backend.calibration.learned_state import LearnedState
from backend.classifiers.adapter_prior import read_prior
from backend.classifiers.store import STUDENT
from backend.embedding import Embed
from backend.engines.model_client import ModelClient
from backend.learning.examples.choose import ExampleBudget
from backend.learning.fit import Lesson
from backend.learning.training_set import TrainingSet
from backend.learning.version_with_examples import version_with_examples
from backend.learning.version_with_learners import TrainedLearner, version_with_learners
from backend.learning.version_with_students import version_with_students
from backend.pipeline.model_spec import ModelSpec
from backend.training.results import FailedLearner, FittedLearner, Results, TriedLearner
from backend.versions.candidate import Candidate, light_learners

logger = logging.getLogger(__name__)

Ask: TypeAlias = Callable[[ModelSpec], tuple[ModelClient, Embed | None]]
"""Returns what answers a model spec's questions, and an encoder, within a time budget from now."""

Trained: TypeAlias = Mapping[str, Mapping[str, TrainedLearner]]
"""What a training made, by control and by the learner's name."""


@dataclass(frozen=True, slots=True)
class TrainedVersions:
    """Makes candidates of what trainings made.

    Attributes:
        artefacts: The folder of weights, by their digests.
        specify: Returns how tasks are answered, given a model spec's form and a state.
        ask: Returns what answers questions for as long as a training takes; None: no examples are
            tried.
        student_loss: Accuracy that may be lost where students answer, a share; None: none do.
        clock: Returns the time, in seconds.
    """

    artefacts: Path
    specify: Callable[[ModelSpec, LearnedState], ModelSpec]
    ask: Ask | None
    student_loss: float | None
    clock: Callable[[], float]

    def candidates(
        self,
        blank: ModelSpec,
        training_set: TrainingSet,
        lesson: Lesson,
        light: Candidate,
        results: Results,
    ) -> Iterator[Candidate]:
        """Give what may beat the version in force, the cheapest first.

        Args:
            blank: How tasks are answered before anything is learned.
            training_set: What was learned from.
            lesson: What was fitted within the lesson.
            light: The same, as a candidate.
            results: What the training made.

        Yields:
            Candidates; none where neither learner nor example earned a place.
        """
        trained = self._trained(results)
        heavier = _with_learners(blank, lesson, light, trained, results)
        if heavier is None:
            logger.info("No learner earned a place beside what is fitted within a lesson")
        else:
            yield heavier
        if self.ask:
            yield from self._with_examples(blank, training_set, light, trained, results, self.ask)

    def with_students(
        self, blank: ModelSpec, lesson: Lesson, teacher: Candidate, results: Results
    ) -> Candidate | None:
        """Let students answer what they are sure of.

        Args:
            blank: How tasks are answered before anything is learned.
            lesson: What was fitted within the lesson.
            teacher: What is in force.
            results: What the training made.

        Returns:
            The same with students, at the stated loss of accuracy; None where none may answer.
        """
        if self.student_loss is None:
            return None
        students = {
            control: by_learner[STUDENT]
            for control, by_learner in self._trained(results).items()
            if STUDENT in by_learner
        }
        spec = self.specify(blank, teacher.learned)
        found = version_with_students(spec, lesson, teacher.held_out, students, self.student_loss)
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
        self,
        blank: ModelSpec,
        training_set: TrainingSet,
        light: Candidate,
        trained: Trained,
        results: Results,
        ask: Ask,
    ) -> Iterator[Candidate]:
        """Give versions whose prompts show examples, where these earn their place."""
        started = self.clock()
        model, embed = ask(blank)
        found, told = version_with_examples(
            blank, self.specify, training_set, model, embed, ExampleBudget()
        )
        if found is None:
            logger.info("No examples earned a place in prompts")
            return
        candidate = Candidate(
            found.lesson.learned,
            {**found.lesson.report, "examples": told},
            found.held_out,
            (*light_learners(found.lesson.learned), "examples"),
            light.seconds + self.clock() - started,
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

    def _trained(self, results: Results) -> Trained:
        return {
            control: {
                name: self._trained_learner(name, one)
                for name, one in by_learner.items()
                if isinstance(one, FittedLearner)
            }
            for control, by_learner in results.items()
        }

    def _trained_learner(self, name: str, fitted: FittedLearner) -> TrainedLearner:
        beliefs = fitted.held_out.probabilities
        prior = read_prior(self.artefacts / fitted.artefact) if name == LORA else ()
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
