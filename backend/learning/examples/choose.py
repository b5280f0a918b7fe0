"""Whether examples are worth their place in a prompt, and which: by held-out log loss.

Candidates race by successive halving (Jamieson and Talwalkar, "Non-stochastic Best Arm
Identification and Hyperparameter Optimization", AISTATS 2016): all are tried on a few answers, the
better half on twice as many, and so on. What is left must beat the prompt without examples, on the
same answers and folds, by more than the standard error; a dearer plan must so beat a cheaper one.
No answer is ever asked about with itself among the examples.
"""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from backend.engines.model_client import Abilities
from backend.engines.steps import Steps, gather
from backend.learning.examples.candidates import candidates
from backend.learning.examples.losses import losses
from backend.learning.examples.racer import Racer
from backend.learning.samples import ControlSamples, LabeledItem
from backend.learning.selection import LossComparison, compare
from backend.prompts.examples import ExamplePlan
from backend.questions.base import Question
from backend.questions.choice import ChoiceQuestion
from backend.questions.solved_items import takes_examples
from labeling.errors import AnswerError
from labeling.mathtypes import Floats

FEWEST_ANSWERS = 50
"""Answers below which no examples are tried, and on which all candidates are."""

HOPELESS = 2.0
"""Standard errors by which a candidate may trail the prompt without examples before it is out."""

QuestionWith = Callable[[ExamplePlan | None], Question]
"""Makes a control's question with a plan of examples; see `QuestionFactory.question`."""


@dataclass(frozen=True, slots=True)
class ExampleBudget:
    """What the search may cost. All candidates are tried on `FEWEST_ANSWERS` whatever it says.

    Attributes:
        tokens: Tokens that the model reads and writes, as estimated.
        seconds: After which no further answers are asked about.
        answers: Answers that are asked about at most.
        clock: Returns the time, in seconds.
    """

    tokens: float = 4e6
    seconds: float = np.inf
    answers: int = 500
    clock: Callable[[], float] = time.monotonic


@dataclass(frozen=True, slots=True)
class ExampleChoice:
    """What the search came to.

    Attributes:
        plan: The plan that earned its place; None: no examples are shown.
        report: The figures behind it, in JSON's types: of each candidate how many answers it was
            tried on, its log loss there, its gain over no examples with its standard error, in
            nats an answer, and what it costs: tokens that are read of each item, tokens that stand
            before all items and are read once, and requests an item.
    """

    plan: ExamplePlan | None
    report: dict[str, Any]


def choose_examples(
    question_with: QuestionWith,
    samples: ControlSamples,
    vectors: Mapping[str, Floats] | None,
    abilities: Abilities,
    budget: ExampleBudget | None = None,
) -> Steps[ExampleChoice]:
    """Choose the examples of a control. The same answers, in any order, give the same.

    Args:
        question_with: Makes the control's question with a plan.
        samples: What is learned from.
        vectors: Embeddings of all answered items, shape (dims,) each, by key; None: there are none.
        abilities: What the engine can do.
        budget: What that may cost; None: the default.

    Returns:
        A conversation that ends in the choice.

    Raises:
        RetryLater: The time budget ran out; asking again gets further.
    """
    budget = budget or ExampleBudget()
    base = question_with(None)
    if not takes_examples(base.control):
        return _none("its prompts can show no examples", 0)
    answers = _readable(base, samples.answers)
    if len(answers) < FEWEST_ANSWERS:
        return _none(f"fewer than {FEWEST_ANSWERS} answers", len(answers))
    tried = candidates(base.control, answers, vectors)
    racers = [Racer(one.name, one.plan, question_with(one.plan)) for one in tried]
    asked = _in_random_order(answers, vectors)[: budget.answers]
    base_racer = Racer("none", None, base)
    yield from _race(base_racer, racers, asked, abilities, budget)
    return _choice(base_racer, racers, asked)


def _race(
    base: Racer,
    racers: Sequence[Racer],
    answers: Sequence[LabeledItem],
    abilities: Abilities,
    budget: ExampleBudget,
) -> Steps[None]:
    """Ask about ever more answers, under ever fewer plans."""
    began = budget.clock()
    running = [*racers]
    reached, goal = 0, min(FEWEST_ANSWERS, len(answers))
    while running and reached < goal:
        items = [one.item for one in answers[reached:goal]]
        yield from gather([one.ask(items, abilities) for one in (base, *running)])
        reached = goal
        if reached < len(answers):
            running = _better_half(base, running, answers[:reached])
            spent = sum(one.tokens for one in (base, *racers))
            seconds = budget.clock() - began
            left = min(budget.tokens - spent, spent * (budget.seconds / max(seconds, 1e-9) - 1))
            each = sum(one.tokens / reached for one in (base, *running))
            wanted = len(answers) if len(running) == 1 else min(2 * reached, len(answers))
            goal = min(wanted, reached + max(0, int(min(left / each, wanted))))


def _better_half(
    base: Racer, running: Sequence[Racer], answers: Sequence[LabeledItem]
) -> list[Racer]:
    """Keep the better half of the plans, and of that what may still win."""
    verdicts = _verdicts(base, running, answers)
    order = sorted(running, key=lambda one: (-verdicts[one.name].gain, one.name))
    kept = order[: -(-len(order) // 2)]
    return [
        one
        for one in kept
        if verdicts[one.name].gain > -HOPELESS * verdicts[one.name].standard_error
    ]


def _choice(base: Racer, racers: Sequence[Racer], answers: Sequence[LabeledItem]) -> ExampleChoice:
    """Choose among those that went all the way, and report on all."""
    reached = len(base.said)
    last = [one for one in racers if len(one.said) == reached]
    loss = _losses([base, *last], answers[:reached])
    best, why = base, "nothing beats the prompt without examples by more than the standard error"
    for one in sorted(last, key=lambda racer: (racer.tokens_an_item, racer.name)):
        comparison = compare(loss[best.name], loss[one.name])
        if comparison.is_better:
            best, why = one, f"{one.name} beats {best.name}: {comparison}"
    report = {
        "chosen": best.name,
        "why": why,
        "answers": reached,
        "tokens": sum(one.tokens for one in (base, *racers)),
        "candidates": [_row(base, one, answers) for one in (base, *racers)],
    }
    return ExampleChoice(best.plan, report)


def _row(base: Racer, racer: Racer, answers: Sequence[LabeledItem]) -> dict[str, Any]:
    """Report on one plan, on the answers that it was tried on."""
    own = answers[: len(racer.said)]
    loss = _losses([base, racer], own)
    comparison = compare(loss[base.name], loss[racer.name])
    return {
        "name": racer.name,
        "kind": racer.plan.kind if racer.plan else None,
        "answers": len(own),
        "log_loss": float(loss[racer.name].mean()) if len(loss[racer.name]) else None,
        "gain": comparison.gain,
        "standard_error": comparison.standard_error,
        "tokens_an_item": racer.tokens_an_item,
        "shared_tokens": racer.shared_tokens,
        "requests_an_item": racer.requests_an_item,
    }


def _verdicts(
    base: Racer, running: Sequence[Racer], answers: Sequence[LabeledItem]
) -> dict[str, LossComparison]:
    loss = _losses([base, *running], answers)
    return {one.name: compare(loss[base.name], loss[one.name]) for one in running}


def _losses(racers: Sequence[Racer], answers: Sequence[LabeledItem]) -> dict[str, Floats]:
    """Return each racer's losses, on the answers whose items all of them could read."""
    rows = [
        place for place in range(len(answers)) if all(one.said[place] is not None for one in racers)
    ]
    known = [answers[place] for place in rows]
    return {one.name: losses(one.question, known, one.said_of(rows)) for one in racers}


def _readable(question: Question, answers: Iterable[LabeledItem]) -> list[LabeledItem]:
    """Keep the answers that the control has a place for."""
    control = question.control
    kept = []
    for one in answers:
        try:
            control.encode(one.answer, one.item.texts[control.to_name])
        except AnswerError:
            continue
        if not isinstance(question, ChoiceQuestion) or one.answer in question.values:
            kept.append(one)
    return kept


def _in_random_order(
    answers: Sequence[LabeledItem], vectors: Mapping[str, Floats] | None
) -> list[LabeledItem]:
    """Return the answers in an order that is always the same, their items with embeddings."""
    order = sorted(answers, key=lambda one: (one.item.key, one.answer, one.probability))
    places = np.random.default_rng(0).permutation(len(order))
    drawn = [order[place] for place in places]
    if vectors is None:
        return drawn
    return [
        replace(one, item=replace(one.item, embedding=vectors[one.item.key].astype(np.float32)))
        for one in drawn
    ]


def _none(why: str, answers: int) -> ExampleChoice:
    return ExampleChoice(None, {"chosen": "none", "why": why, "answers": answers, "candidates": []})
