"""Where good people disagree, by pair of labels: what the instruction leaves open.

What people say who often err tells of them, not of the instruction. So only answers of people count
whose expected skill is at least `quality.good`, shrunk towards the crowd's where few answers tell;
and only such as were given without the model's label, which people lean towards. Of an item each
pair of people counts alike, and an item with many votes no more than one with two: a pair weighs
1 / (votes - 1), as in Krippendorff's alpha.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from aggregation.votes import Answer, of_people
from routing.facts.answers import to_answers
from routing.facts.project import ProjectFacts

BEST = 3
"""Items that show a pair of labels, at most."""

Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Example:
    """An item that divides good people.

    Attributes:
        task: Label Studio's id.
        text: What was asked about; None: it cannot be read.
        votes: Votes for each label, the most frequent first.
    """

    task: int
    text: str | None
    votes: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Two labels that good people mix up.

    Attributes:
        labels: The two, in alphabetical order.
        items: Items of which good people said both.
        either: Items of which at least one good person said one of them.
        weight: How much of all disagreement it is, in [0, 1].
        examples: The items that show it best: the most evenly divided, then the most answered.
    """

    labels: Pair
    items: int
    either: int
    weight: float
    examples: Sequence[Example]


@dataclass(frozen=True, slots=True)
class Disagreements:
    """Where good people disagree.

    Attributes:
        people: Good people whose blind answers count.
        left_out: People who gave blind answers, and whose skill is below `good`.
        good: The skill that is asked for.
        shared: Items with blind answers of two good people at least.
        divided: Those of them on which they disagree.
        pairs: The pairs of labels, the heaviest first.
    """

    people: int
    left_out: int
    good: float
    shared: int
    divided: int
    pairs: Sequence[Disagreement]


def disagreements(facts: ProjectFacts) -> Disagreements:
    """Return where a project's good people disagree.

    Args:
        facts: What is known of it.

    Returns:
        The pairs of labels, with the items that show them best.
    """
    good = facts.settings.quality.good
    blind = of_people(to_answers([one for one in facts.state.annotations if one.blind]))
    everybody = {one.worker for one in blind}
    skilled = {one for one in everybody if facts.consensus.accuracies.get(one, 0.0) >= good}
    by_task = _by_task(one for one in blind if one.worker in skilled)
    shared = {task: labels for task, labels in by_task.items() if labels.total() > 1}
    return Disagreements(
        people=len(skilled),
        left_out=len(everybody - skilled),
        good=good,
        shared=len(shared),
        divided=sum(len(labels) > 1 for labels in shared.values()),
        pairs=_pairs(shared, facts.state.texts),
    )


def _by_task(answers: Iterable[Answer]) -> dict[int, "Counter[str]"]:
    found: dict[int, Counter[str]] = defaultdict(Counter)
    for one in answers:
        found[one.task][one.label] += 1
    return found


def _pairs(
    shared: Mapping[int, "Counter[str]"], texts: Mapping[int, str | None]
) -> list[Disagreement]:
    weights: dict[Pair, float] = defaultdict(float)
    tasks: dict[Pair, list[int]] = defaultdict(list)
    for task, labels in sorted(shared.items()):
        for one, other in combinations(sorted(labels), 2):
            weights[one, other] += labels[one] * labels[other] / (labels.total() - 1)
            tasks[one, other].append(task)
    total = sum(weights.values())
    ordered = sorted(weights, key=lambda pair: (-weights[pair], pair))
    return [
        Disagreement(
            labels=pair,
            items=len(tasks[pair]),
            either=sum(bool(labels.keys() & set(pair)) for labels in shared.values()),
            weight=weights[pair] / total,
            examples=[
                Example(task, texts.get(task), dict(shared[task].most_common()))
                for task in sorted(tasks[pair], key=lambda task: _order(shared[task], pair, task))
            ][:BEST],
        )
        for pair in ordered
    ]


def _order(labels: "Counter[str]", pair: Pair, task: int) -> tuple[float, int, int]:
    """Order items by how evenly a pair divides them, then by their votes."""
    one, other = (labels[label] for label in pair)
    return -min(one, other) / labels.total(), -labels.total(), task
