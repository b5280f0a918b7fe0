"""A version whose prompts show people's answers as examples, where these earn their place."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from backend.calibration.learned_state import LearnedState
from backend.embedding import Embed
from backend.engines.model_client import ModelClient
from backend.engines.steps import run
from backend.learning.examples.choose import ExampleBudget, choose_examples
from backend.learning.fit import Lesson, encode, lesson_of
from backend.learning.held_out import held_out
from backend.learning.samples import Samples
from backend.learning.training_set import TrainingSet
from backend.pipeline.model_spec import ModelSpec, Specify
from backend.prompts.examples import ExamplePlan
from backend.questions.base import Question
from labeling.predictions.prediction import Prediction


@dataclass(frozen=True, slots=True)
class VersionWithExamples:
    """A version under examples.

    Attributes:
        spec: How tasks are answered with them, nothing fitted yet.
        lesson: What was learned.
        held_out: What is believed of the answered texts, out of fold, by the form's item.
    """

    spec: ModelSpec
    lesson: Lesson
    held_out: Mapping[str, Prediction]


def version_with_examples(
    blank: ModelSpec,
    specify: Specify,
    training_set: TrainingSet,
    model: ModelClient,
    embed: Embed | None,
    budget: ExampleBudget,
) -> tuple[VersionWithExamples | None, Mapping[str, Any]]:
    """Choose each control's examples, and learn under them.

    Args:
        blank: How tasks are answered without them, nothing fitted yet.
        specify: See `Specify`.
        training_set: What is learned from.
        model: Scores and writes.
        embed: Encodes texts; None: there is no embedding.
        budget: What the search for one control may cost.

    Returns:
        The version, None where no example earned a place; and what the search came to, by control,
        in JSON's types.

    Raises:
        RetryLater: The time budget ran out; asking again gets further.
        EngineError: The model cannot answer content-free texts.
    """
    samples = Samples.read(blank.form, training_set)
    vectors, _ = encode(samples, blank, embed)
    model = model.remembering()
    plans: dict[str, ExamplePlan] = {}
    told: dict[str, Any] = {}
    for question in blank.questions:
        name = question.control.from_name
        asked = choose_examples(
            partial(_question, blank, specify, training_set.instruction, name),
            samples.of_control(name),
            vectors,
            model.abilities,
            budget,
        )
        choice = run(asked, model)
        told[name] = choice.report
        if choice.plan:
            plans[name] = choice.plan
    if not plans:
        return None, told
    spec = _with_plans(blank, specify, training_set.instruction, plans)
    lesson = lesson_of(spec, training_set, model, embed)
    believed = held_out(spec, training_set, model, embed)
    learned = replace(lesson.learned, basis=blank.basis, examples=plans)
    return VersionWithExamples(spec, replace(lesson, learned=learned), believed), told


def _question(
    blank: ModelSpec, specify: Specify, instruction: str, control: str, plan: ExamplePlan | None
) -> Question:
    spec = _with_plans(blank, specify, instruction, {control: plan}) if plan else blank
    return next(one for one in spec.questions if one.control.from_name == control)


def _with_plans(
    blank: ModelSpec, specify: Specify, instruction: str, plans: Mapping[str, ExamplePlan]
) -> ModelSpec:
    """Return how tasks are answered under plans, nothing fitted yet."""
    embedding = blank.embedding.digest if blank.embedding else None
    state = LearnedState(instruction, blank.basis, embedding=embedding, examples=plans)
    return replace(specify(blank, state), learned=None)
