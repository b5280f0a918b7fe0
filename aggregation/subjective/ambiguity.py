"""How probable it is that an item divides able people, rather than that some of them erred.

An item is one of two sorts. It has one truth, which each voter hits with their accuracy and misses
evenly; or it has none, and each voter draws from a distribution of the item's own, a symmetric
Dirichlet whose concentrations sum to 2: with two labels every split is as likely, with many the
votes gather on a few. How many items are of the second sort is learned from all of them, by
expectation maximisation. So the very split that means a slip among experts means little among
careless people, who split often.

A lone dissenter is never called a difference of opinion: two people on either side are needed.
"""

import math
from collections import Counter
from collections.abc import Mapping, Sequence

from aggregation.votes import Answer

CONCENTRATION = 2.0
"""What the concentrations of an item without one truth sum to."""

PRIOR_SHARE, PRIOR_ITEMS = 0.1, 10.0
"""The share of items without one truth before any vote is seen, and how many items that counts."""

LEAST_ON_A_SIDE = 2
"""Voters that each of two labels must have, for the item to be one that people differ about."""

STEPS = 50
"""Steps of the expectation maximisation; it settles in far fewer."""


def ambiguity(
    people: Mapping[int, Sequence[Answer]], accuracies: Mapping[str, float], labels: int
) -> dict[int, float]:
    """Tell items that divide people from items that some people merely get wrong.

    Args:
        people: People's answers to a choice, one of each person, by task.
        accuracies: How often each worker is right, in [0, 1].
        labels: How many labels are offered.

    Returns:
        The probability that the item has no one truth, by task; 0 where fewer than two people stand
        on either side.
    """
    if labels < 2:
        return dict.fromkeys(people, 0.0)
    odds = {
        task: math.exp(_log_divided(answers, labels) - _log_one_truth(answers, accuracies, labels))
        for task, answers in people.items()
        if len(answers) > 1
    }
    share = PRIOR_SHARE
    for _ in range(STEPS):
        found = sum(_posterior(one, share) for one in odds.values())
        share = (found + PRIOR_SHARE * PRIOR_ITEMS) / (len(odds) + PRIOR_ITEMS)
    return {
        task: _posterior(odds[task], share) if _is_split(answers) else 0.0
        for task, answers in people.items()
    }


def _is_split(answers: Sequence[Answer]) -> bool:
    """Return whether two labels each have several voters."""
    counts = Counter(answer.label for answer in answers)
    return sum(count >= LEAST_ON_A_SIDE for count in counts.values()) > 1


def _posterior(odds: float, share: float) -> float:
    return share * odds / (share * odds + 1 - share)


def _log_divided(answers: Sequence[Answer], labels: int) -> float:
    """Return the log-likelihood of votes on an item that has a distribution of its own."""
    each = CONCENTRATION / labels
    counts = Counter(answer.label for answer in answers)
    gathered = sum(math.lgamma(each + count) - math.lgamma(each) for count in counts.values())
    return gathered + math.lgamma(CONCENTRATION) - math.lgamma(CONCENTRATION + len(answers))


def _log_one_truth(
    answers: Sequence[Answer], accuracies: Mapping[str, float], labels: int
) -> float:
    """Return the log-likelihood of votes on an item that has one truth, each label as likely."""
    right = [min(max(accuracies[one.worker], 1 / labels), 0.99) for one in answers]
    named = {answer.label for answer in answers}
    likelihoods = [
        math.prod(
            a if answer.label == truth else (1 - a) / (labels - 1)
            for a, answer in zip(right, answers, strict=True)
        )
        for truth in named
    ]
    nobody = math.prod((1 - a) / (labels - 1) for a in right)
    return math.log((sum(likelihoods) + (labels - len(named)) * nobody) / labels)
