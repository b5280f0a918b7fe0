"""Whether examples are worth their place in a prompt, and which: by held-out log loss.

Candidates race by successive halving (Jamieson and Talwalkar, "Non-stochastic Best Arm
Identification and Hyperparameter Optimization", AISTATS 2016): all are tried on a few answers, the
better half on twice as many, and so on. What is left must beat the prompt without examples, on the
same answers and folds; a dearer plan must so beat a cheaper one. The best of many wins by chance
more often than one alone: so the one-standard-error rule is widened, by Bonferroni's bound, until
luck picks any of the candidates no more often than it would pick one. No answer is ever asked about
with itself among the examples.
"""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.stats import norm

from backend.engines.model_client import Abilities
from backend.engines.steps import Steps, gather
from backend.learning.examples.candidates import candidates
from backend.learning.examples.losses import losses
from backend.learning.examples.racer import Racer
from backend.learning.samples import ControlSamples, LabeledItem
from backend.learning.selection import compare
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
        report: The figures behind it, in JSON's types: the margin by which a candidate must win, in
            standard errors; of each candidate how many answers it was
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
    without = Racer("none", None, base)
    last = yield from _race(without, racers, asked, abilities, budget)
    return _choice(without, racers, last)


def margin_of(candidates: int) -> float:
    """Return the standard errors by which one of several candidates must win.

    Args:
        candidates: How many there are; of one, the margin is one standard error.

    >>> round(margin_of(1), 3), round(margin_of(8), 3)
    (1.0, 2.06)
    """
    return float(norm.isf(norm.sf(1.0) / max(candidates, 1)))


def _race(
    base: Racer,
    racers: Sequence[Racer],
    answers: Sequence[LabeledItem],
    abilities: Abilities,
    budget: ExampleBudget,
) -> Steps[list[Racer]]:
    """Ask about ever more answers, under ever fewer plans; return those that are left."""
    began = budget.clock()
    running = [*racers]
    reached, goal = 0, min(FEWEST_ANSWERS, len(answers))
    while running and reached < goal:
        items = [one.item for one in answers[reached:goal]]
        yield from gather([one.ask(items, abilities) for one in (base, *running)])
        reached = goal
        running = _judged(base, running, answers[:reached])
        if reached < len(answers):
            running = _better_half(running)
            spent = sum(one.tokens for one in (base, *racers))
            seconds = budget.clock() - began
            left = min(budget.tokens - spent, spent * (budget.seconds / max(seconds, 1e-9) - 1))
            each = sum(one.tokens / reached for one in (base, *running))
            wanted = len(answers) if len(running) == 1 else min(2 * reached, len(answers))
            goal = min(wanted, reached + max(0, int(min(left / each, wanted))))
    return running


def _judged(base: Racer, running: Sequence[Racer], answers: Sequence[LabeledItem]) -> list[Racer]:
    """Judge all plans on the answers whose items they all can read; drop those that read less."""
    able = [one for one in running if one.reads_as_much_as(base)]
    places = [
        place
        for place in range(len(answers))
        if all(one.said[place] is not None for one in (base, *able))
    ]
    if len(places) < FEWEST_ANSWERS / 2:
        return []
    known = [answers[place] for place in places]
    for one in (base, *able):
        one.losses = losses(one.question, known, one.said_of(places))
        one.verdict = compare(base.losses, one.losses)
    return able


def _better_half(running: Sequence[Racer]) -> list[Racer]:
    """Keep the better half of the plans, and of that what may still win."""
    verdicts = [(one, one.verdict) for one in running if one.verdict]
    order = sorted(verdicts, key=lambda pair: (-pair[1].gain, pair[0].name))
    kept = order[: -(-len(order) // 2)]
    return [one for one, it in kept if it.gain > -HOPELESS * it.standard_error]


def _choice(base: Racer, racers: Sequence[Racer], last: Sequence[Racer]) -> ExampleChoice:
    """Choose among those that are left, the cheapest first, and report on all."""
    margin = margin_of(len(racers))
    best, why = base, f"nothing beats the prompt without examples by {margin:.1f} standard errors"
    for one in sorted(last, key=lambda racer: (racer.tokens_an_item, racer.name)):
        comparison = compare(best.losses, one.losses)
        if comparison.gain > margin * comparison.standard_error:
            best, why = one, f"{one.name} beats {best.name}: {comparison}"
    report = {
        "chosen": best.name,
        "why": why,
        "margin": margin,
        "answers": len(base.said),
        "tokens": sum(one.tokens for one in (base, *racers)),
        "candidates": [_row(one) for one in (base, *racers)],
    }
    return ExampleChoice(best.plan, report)


def _row(racer: Racer) -> dict[str, Any]:
    verdict = racer.verdict
    return {
        "name": racer.name,
        "kind": racer.plan.kind if racer.plan else None,
        "answers": len(racer.losses),
        "log_loss": float(racer.losses.mean()) if verdict else None,
        "gain": verdict.gain if verdict else None,
        "standard_error": verdict.standard_error if verdict else None,
        "tokens_an_item": racer.tokens_an_item,
        "shared_tokens": racer.shared_tokens,
        "requests_an_item": racer.requests_an_item,
    }


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
    drawn = ControlSamples([], [order[place] for place in places], [])
    return [*(drawn if vectors is None else drawn.with_embeddings(vectors)).answers]


def _none(why: str, answers: int) -> ExampleChoice:
    return ExampleChoice(None, {"chosen": "none", "why": why, "answers": answers, "candidates": []})
