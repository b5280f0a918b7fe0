"""A form's answers judged control by control, before anybody answered and after a half did."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from backend import engines
from backend.calibration.learned_state import LearnedState
from backend.engines import Engine
from backend.engines.model_client import ModelClient
from backend.engines.steps import run
from backend.learning.fit import learn
from backend.learning.training_set import HumanAnswer, TrainingSet
from backend.pipeline.model_spec import ModelSpec, build_model_spec
from backend.pipeline.predictor import predict
from backend.questions.item import item_of
from bench.classification import TimedModel
from bench.classification_work import tasks_of
from bench.controls_measures import (
    AnswerQuality,
    ModelAnswer,
    halves,
    mean,
    quality,
    reasons,
    scores_of,
)
from bench.controls_work import FormWork
from labeling.controls import Control
from labeling.errors import TandemError
from labeling.form.equivalence import Equivalence
from labeling.predictions.prediction import Failure, Part, Prediction
from labeling.settings.settings import Settings

WHOLE = "whole form"
"""What stands in place of a kind where all controls are judged as one answer."""

Found = Mapping[str, Mapping[int, ModelAnswer]]
"""What was said to each control, by its name, of each item, by its place; `""` is the form."""


@dataclass(frozen=True, slots=True)
class ControlResult:
    """One control of one folder, or a whole form of several.

    Attributes:
        project: The folder's name.
        control: The control's name; empty: the whole form.
        kind: The kind of its answers.
        tasks: Tasks whose gold answers it.
        failed: Of these, those that the model did not answer.
        failures: How often it failed for which reason.
        seconds: That the model took a task of the form, everything counted that it was asked.
        before: How good it is without people's answers; mean over the halves that are judged.
        after: And with people's answers to the other half.
    """

    project: str
    control: str
    kind: str
    tasks: int
    failed: int
    failures: dict[str, int]
    seconds: float
    before: AnswerQuality
    after: AnswerQuality


def measure(work: FormWork, engine: Engine, settings: Settings, seeds: int) -> list[ControlResult]:
    """Judge the model on one folder: each control, and of several the whole form.

    Controls are judged where gold answers them, whether or not the model's other answers would let
    them show, and those of regions on gold's regions; the whole form as it is sent to Label Studio.

    Args:
        work: The items of a form, with gold answers.
        engine: Holds the model.
        settings: Prompt and learning.
        seeds: Draws of the half that is learned from.

    Returns:
        One result per control, and of several controls one of the whole form.
    """
    timed = TimedModel(engine)
    fitted = partial(_fitted, work, settings, timed.model)
    every = range(len(work.items))
    before = _found(fitted([], []), work, every, timed.model)
    after = [
        _found(fitted(*half), work, half[1], timed.model)
        for seed in range(seeds)
        for half in halves(len(every), seed)
    ]
    equivalence = Equivalence(work.form, settings.controls)
    seconds = timed.seconds / len(every)
    return [_result(work, equivalence, name, before, after, seconds) for name in before]


def _fitted(
    work: FormWork,
    settings: Settings,
    model: ModelClient,
    answered: Sequence[int],
    still_open: Sequence[int],
) -> ModelSpec:
    """Teach the gold answers of some items as people's."""
    identity = engines.identify(settings)
    blank = build_model_spec(settings, identity, work.form, LearnedState(work.instruction))
    answers = [
        HumanAnswer(work.items[place], answer)
        for place in answered
        if (answer := work.form.answer(work.gold[place])) is not None
    ]
    texts = [work.items[place] for place in still_open]
    learned, _ = learn(blank, TrainingSet(work.instruction, work.items, answers, texts), model)
    return build_model_spec(settings, identity, work.form, learned)


def _found(
    model_spec: ModelSpec, work: FormWork, places: Sequence[int], model: ModelClient
) -> Found:
    own = [work.items[place] for place in places]
    items = [
        replace(item_of(model_spec.form, work.items[place]), found=work.gold[place])
        for place in places
    ]
    found = {
        question.control.from_name: run(
            question.steps(items, model_spec.control_model(question), model.abilities), model
        )
        for question in model_spec.questions
    }
    said = {
        name: dict(zip(places, map(_said, parts), strict=True)) for name, parts in found.items()
    }
    if model_spec.form.only is None:
        outcomes = predict(model_spec, model, tasks_of(model_spec.form, own))
        said[""] = dict(zip(places, map(_said, outcomes), strict=True))
    return said


def _said(outcome: Part | Prediction | Failure | TandemError) -> ModelAnswer:
    match outcome:
        case Part(answer, confidence) | Prediction(answer, confidence):
            return ModelAnswer(answer, confidence)
        case Failure(error):
            return ModelAnswer(None, error=error)
    return ModelAnswer(None, error=str(outcome))


def _result(
    work: FormWork,
    equivalence: Equivalence,
    name: str,
    before: Found,
    after: Sequence[Found],
    seconds: float,
) -> ControlResult:
    control = next((one for one in work.form.controls if one.from_name == name), None)
    gold = {
        place: answer
        for place, answers in enumerate(work.gold)
        if (answer := answers.get(name) if control else work.form.answer(answers)) is not None
    }
    said = [before[name][place] for place in gold]
    judge = partial(_quality, work, equivalence, control)
    parts = [[place for place in found[name] if place in gold] for found in after]
    judged = [
        (judge(gold, before[name], part), judge(gold, found[name], part))
        for part, found in zip(parts, after, strict=True)
        if part
    ]
    return ControlResult(
        project=work.name,
        control=name,
        kind=control.answer_type if control else WHOLE,
        tasks=len(gold),
        failed=sum(one.answer is None for one in said),
        failures=reasons(said),
        seconds=seconds,
        before=mean([one for one, _ in judged]),
        after=mean([one for _, one in judged]),
    )


def _quality(
    work: FormWork,
    equivalence: Equivalence,
    control: Control | None,
    gold: Mapping[int, str],
    found: Mapping[int, ModelAnswer],
    places: Sequence[int],
) -> AnswerQuality:
    said, truths = [found[place] for place in places], [gold[place] for place in places]
    if control is None:
        return quality(said, truths, equivalence.is_same_answer, {})
    scores = scores_of(control, equivalence, [one.answer for one in said], truths)
    shares = [work.shares[place] for place in places] if work.shares else []
    return quality(said, truths, partial(equivalence.is_same, control), scores, shares)
