"""Krippendorff's alpha for every answer type: how far people agree beyond chance.

Alpha sets the disagreement of answers to the same item against that of answers whichever item they
were given to:

    alpha = 1 - D_o / D_e
    D_o = 1/n Σ_u 1/(m_u - 1) Σ_{i≠j in u} d(a_i, a_j),      D_e = 1/(n(n-1)) Σ_{i≠j} d(a_i, a_j)

over the items u with m_u > 1 answers, n answers in all. Only the distance d knows what an answer
is. Here it is 1 - `similarity`, squared for `SCALE` and `NUMBER`, where that makes it
Krippendorff's interval alpha; for `CLASS` and `PAIR` it is his nominal alpha; for the others it is
alpha with a distance of their own, as Passonneau (2006) has it for sets and Braylan et al. (2022)
for whatever has a distance.

Of `REGIONS`, take what is said of each span as an item of its own, with
`aggregation.by_type.regions.by_region`: who marked a span is a question of `SPANS`.

For `SPANS`, chance is what other items' spans would be on this item's text. It knows nothing of the
texts, so it is near total disagreement, and alpha near plain similarity; Mathet et al. (2015)
shuffle positions within one text instead, which takes texts.

Papers:
    K. Krippendorff, "Computing Krippendorff's alpha-reliability", 2011.
    R. Passonneau, "Measuring agreement on set-valued items (MASI)", LREC 2006.
    Y. Mathet et al., "The unified and holistic method gamma", CL 41(3), 2015.
    A. Braylan et al., "Measuring annotator agreement generally across complex structured,
    multi-object, and free-text annotation tasks", WWW 2022.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from itertools import combinations

import numpy as np
import pandas as pd

from aggregation.quality.agreement import shared_tasks
from labeling.answers.similarity import number_of, similarity, step_of
from labeling.answers.types import AnswerType
from labeling.errors import NotEnoughVotes

MOST_PAIRS = 20_000
"""From how many pairs of different answers chance is estimated at most; more are sampled."""

Distance = Callable[[str, str], float]
"""How unlike two answers are; 0 for the same."""


def alpha(answer_type: AnswerType, votes: pd.DataFrame, *, steps: int = 0, seed: int = 0) -> float:
    """Return Krippendorff's alpha of votes `task, worker, label`, all of them of one type.

    Args:
        answer_type: The answer type of the labels.
        votes: Answers in the canonical form of the answer type.
        steps: How many steps a `SCALE` has; 0 for the highest that was given.
        seed: Draws the pairs where there are more than `MOST_PAIRS`.

    Returns:
        1 for perfect agreement, 0 for what chance alone gives, below 0 for worse than chance.

    Raises:
        NotEnoughVotes: No task has two votes, or all votes of those that have say the same, where
            alpha is not defined.
        AnswerError: A label is not an answer of that type.
    """
    shared = _shared(votes)
    distance = _distance(answer_type, shared["label"], steps)
    expected = _expected(Counter(shared["label"]), distance, seed)
    if expected <= 0:
        raise NotEnoughVotes(
            "Krippendorff's alpha is not defined where all votes say the same",
            hint="Have several people answer more items.",
        )
    return 1.0 - _observed(shared, distance) / expected


def mean_similarity(answer_type: AnswerType, votes: pd.DataFrame, *, steps: int = 0) -> float:
    """Return the mean `similarity` of two votes on the same task, every such pair counting once.

    For numbers, the spread is that of all votes on tasks with more than one.

    Args:
        answer_type: The type of the labels.
        votes: Votes `task, worker, label`.
        steps: How many steps a `SCALE` has; 0 for the highest that was given.

    Returns:
        The mean, in [0, 1].

    Raises:
        NotEnoughVotes: No task has two votes.
        AnswerError: A label is not an answer of that type.
    """
    shared = _shared(votes)
    alike = _similarity(answer_type, shared["label"], steps)
    pairs = [pair for labels in _by_task(shared) for pair in combinations(labels, 2)]
    return float(np.mean([alike(one, other) for one, other in pairs]))


def _shared(votes: pd.DataFrame) -> pd.DataFrame:
    if shared_tasks(votes) == 0:
        raise NotEnoughVotes(
            "No item was answered by two people, so agreement is not defined",
            hint="Give some items to more than one reviewer (policy.votes).",
        )
    return votes[votes.groupby("task")["label"].transform("size") > 1]


def _by_task(votes: pd.DataFrame) -> Iterator[list[str]]:
    for _, labels in votes.groupby("task")["label"]:
        yield sorted(labels)


def _similarity(answer_type: AnswerType, labels: Iterable[str], steps: int) -> Distance:
    """Fix what similarity asks for beside the answers; each pair of answers is compared once."""
    scale, spread = steps, 0.0
    if answer_type is AnswerType.SCALE:
        scale = max(steps, *(step_of(label) for label in labels))
    if answer_type is AnswerType.NUMBER:
        numbers = [number_of(label) for label in labels]
        spread = max(numbers) - min(numbers)
    known: dict[tuple[str, str], float] = {}

    def alike(one: str, other: str) -> float:
        pair = (min(one, other), max(one, other))
        if pair not in known:
            known[pair] = similarity(answer_type, *pair, steps=scale, spread=spread)
        return known[pair]

    return alike


def _distance(answer_type: AnswerType, labels: Iterable[str], steps: int) -> Distance:
    alike = _similarity(answer_type, labels, steps)
    power = 2 if answer_type in (AnswerType.SCALE, AnswerType.NUMBER) else 1
    return lambda one, other: (1.0 - alike(one, other)) ** power


def _observed(votes: pd.DataFrame, distance: Distance) -> float:
    total = sum(
        2 * sum(distance(one, other) for one, other in combinations(labels, 2)) / (len(labels) - 1)
        for labels in _by_task(votes)
    )
    return total / len(votes)


def _expected(counts: "Counter[str]", distance: Distance, seed: int) -> float:
    n = counts.total()
    labels = sorted(counts)
    if len(labels) * (len(labels) - 1) // 2 <= MOST_PAIRS:
        pairs = combinations(labels, 2)
        total = sum(2 * counts[one] * counts[other] * distance(one, other) for one, other in pairs)
        return total / (n * (n - 1))
    everyone = np.repeat(np.array(labels, dtype="object"), [counts[label] for label in labels])
    rng = np.random.default_rng(seed)
    first = rng.integers(n, size=MOST_PAIRS)
    second = (first + rng.integers(1, n, size=MOST_PAIRS)) % n
    drawn = zip(everyone[first], everyone[second], strict=True)
    return float(np.mean([distance(one, other) for one, other in drawn]))
