"""A simulated project, seeded: a calibrated model, three people, a pilot, reviews and audits."""

from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np

from aggregation.dataset import Belief, Item, Ruling, build
from aggregation.votes import Answer
from labeling.settings import CostSettings
from routing.ledger.records import Round
from tandem.report import Activity, Comparison, ReportData, collect

LABELS = ("Billing", "Delivery", "Product fault", "Praise")
NOON = datetime(2026, 3, 14, 12, 5, tzinfo=UTC)
VERSION = "SmolLM2-135M-Instruct-7c1e09ab"
PEOPLE = {"ann.lee@example.org": 0.96, "bob.ito@example.org": 0.9, "cyd.roy@example.org": 0.62}
TEXTS = (
    "I was charged twice for the same order and nobody answers the phone.",
    "The parcel arrived a week late, but the driver was so kind about it.",
    "Works, I suppose. The left hinge squeaks since day two, and the refund never came.",
    "Best kettle I have owned. My mother wants one too!",
    "Tracking says delivered; my doorstep says otherwise.",
    "Why does the invoice name a colour that I did not order?",
)


def simulated_report(
    n_items: int = 480, *, seed: int = 4, texts: tuple[str, ...] = TEXTS, **changes: Any
) -> ReportData:
    """Collect the report of a project that ran to its end."""
    rng = np.random.default_rng(seed)
    items = [Item(task, texts[task % len(texts)]) for task in range(1, n_items + 1)]
    truth = {item.task: str(rng.choice(LABELS)) for item in items}
    beliefs = {task: _belief(rng, label) for task, label in truth.items()}
    rulings = {task: _ruling(rng, belief) for task, belief in beliefs.items()}
    answers = [
        answer
        for task, ruling in rulings.items()
        if ruling.kind != "accept"
        for answer in _answers(rng, task, truth[task], ruling.votes)
    ]
    arguments: dict[str, Any] = {
        "title": "Customer messages",
        "labels": LABELS,
        "rounds": _rounds(),
        "costs": CostSettings(),
        "at": NOON + timedelta(days=2),
        "activities": [
            Activity("ann.lee@example.org", skipped=4),
            Activity("cyd.roy@example.org", skipped=17, strays=3),
        ],
    }
    dataset = build(items, answers, beliefs, rulings, labels=LABELS)
    return collect(dataset, **(arguments | changes))


def comparison() -> list[Comparison]:
    return [
        Comparison("Model alone", 0.802, 0, 0.1, 0.0),
        Comparison("People alone, 3 votes", 0.951, 1440, 115.2, 3.4),
        Comparison("Tandem", 0.947, 312, 25.06, 0.8),
    ]


def _belief(rng: np.random.Generator, truth: str) -> Belief:
    confidence = float(0.35 + 0.65 * rng.beta(3.2, 1.1))
    others = [label for label in LABELS if label != truth]
    label = truth if rng.random() < confidence else str(rng.choice(others))
    rest = (1 - confidence) / (len(LABELS) - 1)
    distribution = {name: confidence if name == label else rest for name in LABELS}
    return Belief(label, confidence, distribution, VERSION, calibrated=True)


def _ruling(rng: np.random.Generator, belief: Belief) -> Ruling:
    sure = belief.confidence >= 0.86
    if rng.random() < 0.12:
        return Ruling("pilot", "picked at random for the pilot", NOON, votes=2)
    if not sure:
        reason = f"confidence {belief.confidence:.2f} is below 0.86"
        return Ruling("review", reason, NOON, votes=1 + int(rng.random() < 0.3))
    if rng.random() < 0.12:
        return Ruling("audit", "picked at random for an audit", NOON)
    return Ruling("accept", f"confidence {belief.confidence:.2f} is at least 0.86", NOON)


def _answers(rng: np.random.Generator, task: int, truth: str, votes: int) -> list[Answer]:
    chosen = rng.choice(list(PEOPLE), size=votes, replace=False)
    others = [label for label in LABELS if label != truth]
    return [
        Answer(
            task,
            str(worker),
            truth if rng.random() < PEOPLE[worker] else str(rng.choice(others)),
            "person",
            NOON + timedelta(minutes=task),
            float(rng.gamma(4, 4 if worker[0] == "c" else 9) / 4),
        )
        for worker in chosen
    ]


def _rounds() -> list[Round]:
    first = "the pilot is not answered yet"
    second = "lowest confidence at which 90% of checked items were right"
    return [
        Round(1, "SmolLM2-135M-Instruct-03fa11c2", 0, None, None, None, None, first, NOON),
        Round(2, VERSION, 118, 0.86, 0.93, 0.87, 0.96, second, NOON + timedelta(hours=5)),
    ]
