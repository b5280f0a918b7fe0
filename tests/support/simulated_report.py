"""A simulated project, seeded: a calibrated model, three people, a pilot, reviews and audits."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np

from aggregation.beliefs import Belief
from aggregation.dataset.tasks import Item, TaskDecision
from aggregation.votes import Answer
from labeling.settings.sections import CostSettings
from routing.ledger.records import DecisionKind, LedgerState, Round
from routing.planning.basis import Basis
from routing.planning.forecast import pareto
from routing.planning.group_forecasts import everything
from routing.planning.votes_needed import VotesPerTask
from tandem.report import Activity, MethodComparison, ReportData
from tandem.report.people import BlindAnswers, measure
from tandem.report.promise import standing
from tests.support.certified_population import VERSION, audited, frozen, state_of
from tests.support.datasets import build, collect

LABELS = ("Billing", "Delivery", "Product fault", "Praise")
NOON = datetime(2026, 3, 14, 12, 5, tzinfo=UTC)
ERROR, RISK = 0.1, 0.05
PILOT, DOUBTFUL = 60, 0.8
PEOPLE = {"ann.lee@example.org": 0.96, "bob.ito@example.org": 0.9, "cyd.roy@example.org": 0.62}
LEAN = 0.4
"""How often a person who sees the pre-label takes it over."""
TEXTS = (
    "I was charged twice for the same order and nobody answers the phone.",
    "The parcel arrived a week late, but the driver was so kind about it.",
    "Works, I suppose. The left hinge squeaks since day two, and the refund never came.",
    "Best kettle I have owned. My mother wants one too!",
    "Tracking says delivered; my doorstep says otherwise.",
    "Why does the invoice name a colour that I did not order?",
)


@dataclass(frozen=True, slots=True)
class Simulated:
    """What happened in the project."""

    truth: Mapping[int, str]
    beliefs: Mapping[int, Belief]
    state: LedgerState
    decisions: Mapping[int, TaskDecision]
    answers: list[Answer]


def simulated_report(
    n_items: int = 480, *, seed: int = 9, texts: tuple[str, ...] = TEXTS, **changes: Any
) -> ReportData:
    """Collect the report of a project that ran to its end."""
    items = [Item(task, texts[task % len(texts)]) for task in range(1, n_items + 1)]
    run = simulated(items, seed=seed)
    arguments: dict[str, Any] = {
        "title": "Customer messages",
        "labels": LABELS,
        "rounds": run.state.rounds,
        "costs": CostSettings(),
        "at": NOON + timedelta(days=2),
        "standing": standing(run.state, ERROR, RISK, forecasts(run)),
        "measure": measure(
            blind(run), {item.task: item.text or "" for item in items}, len(LABELS), seed=0
        ),
        "activities": [
            Activity("ann.lee@example.org", skipped=4),
            Activity("cyd.roy@example.org", skipped=17, strays=3),
        ],
    }
    dataset = build(items, run.answers, run.beliefs, run.decisions, labels=LABELS)
    return collect(dataset, **(arguments | changes))


def simulated(items: list[Item], *, seed: int) -> Simulated:
    """Run the project."""
    rng = np.random.default_rng(seed)
    truth = {item.task: str(rng.choice(LABELS)) for item in items}
    beliefs = {task: _belief(rng, label) for task, label in truth.items()}
    asked: dict[int, DecisionKind] = dict.fromkeys(list(truth)[:PILOT], "pilot")
    for task, belief in beliefs.items():
        if belief.confidence < DOUBTFUL and task not in asked:
            asked[task] = "blind" if rng.random() < 0.4 else "review"
    left = {
        task: (one.label, round(1 - one.confidence, 4))
        for task, one in beliefs.items()
        if task not in asked
    }
    state = state_of({item.task: item.text or "" for item in items}, _rounds())
    state = audited(frozen(state, left, ERROR, planned=80), truth)
    asked |= {check.task: "audit" for check in state.checks}
    decisions = {task: _ruling(asked.get(task, "accept")) for task in truth}
    answers = [
        answer
        for task, decision in decisions.items()
        if decision.kind != "accept"
        for answer in _answers(rng, task, truth[task], decision, beliefs[task].label)
    ]
    return Simulated(truth, beliefs, state, decisions, answers)


def forecasts(run: Simulated) -> list[Any]:
    """What other promises would have taken from the pilot on."""
    errors = [1 - one.confidence for task, one in run.beliefs.items() if task > PILOT]
    basis = Basis(np.array(errors), len(run.beliefs), RISK, VotesPerTask.always(1.2))
    return [everything([basis]), *pareto(basis)]


def blind(run: Simulated) -> BlindAnswers:
    """What people answered blind, and whether they agreed with the model, blind and beside it."""
    kinds = {task: decision.kind for task, decision in run.decisions.items()}
    first: dict[int, str] = {}
    for answer in run.answers:
        first.setdefault(answer.task, answer.label)

    def agreed(kind: str) -> list[bool]:
        return [
            label == run.beliefs[task].label for task, label in first.items() if kinds[task] == kind
        ]

    answers = [one for one in run.answers if kinds[one.task] != "review"]
    labels = {one.task: first[one.task] for one in answers}
    return BlindAnswers(answers, labels, 1, agreed("blind"), agreed("review"))


def comparison() -> list[MethodComparison]:
    return [
        MethodComparison("Model alone", 0.802, 0, 0.1, 0.0),
        MethodComparison("People alone, 3 votes", 0.951, 1440, 115.2, 3.4),
        MethodComparison("Tandem", 0.947, 312, 25.06, 0.8),
    ]


def _belief(rng: np.random.Generator, truth: str) -> Belief:
    confidence = float(0.35 + 0.65 * rng.beta(3.2, 1.1))
    others = [label for label in LABELS if label != truth]
    label = truth if rng.random() < confidence else str(rng.choice(others))
    rest = (1 - confidence) / (len(LABELS) - 1)
    distribution = {name: confidence if name == label else rest for name in LABELS}
    return Belief(label, confidence, distribution, VERSION, calibrated=True)


def _ruling(kind: DecisionKind) -> TaskDecision:
    reasons = {
        "pilot": "picked at random to learn from",
        "audit": "check 12 of population 1",
        "accept": "certified with population 1",
    }
    reason = reasons.get(kind, "84 more reviews and 90 audits are to leave 240")
    return TaskDecision(kind, reason, NOON, votes=2 if kind == "pilot" else 1)


def _answers(
    rng: np.random.Generator, task: int, truth: str, decision: TaskDecision, pre_label: str
) -> list[Answer]:
    chosen = rng.choice(list(PEOPLE), size=decision.votes, replace=False)
    others = [label for label in LABELS if label != truth]
    return [
        Answer(
            task,
            str(worker),
            _said(
                rng, PEOPLE[worker], truth, others, pre_label if decision.kind == "review" else ""
            ),
            "person",
            NOON + timedelta(minutes=task),
            float(rng.gamma(4, 4 if worker[0] == "c" else 9) / 4),
        )
        for worker in chosen
    ]


def _said(rng: np.random.Generator, skill: float, truth: str, others: list[str], shown: str) -> str:
    if shown and rng.random() < LEAN:
        return shown
    return truth if rng.random() < skill else str(rng.choice(others))


def _rounds() -> tuple[Round, ...]:
    first = "SmolLM2-135M-Instruct-03fa11c2"
    second = "84 more reviews and 90 audits are to leave 240"
    third = "reviewing more leaves the model no more than 246"
    return (
        Round(1, first, 0, None, None, None, "people begin with a random sample", NOON),
        Round(2, VERSION, 60, 84, 90, 240, second, NOON + timedelta(hours=2)),
        Round(3, VERSION, 144, 4, 94, 246, third, NOON + timedelta(hours=5)),
    )
