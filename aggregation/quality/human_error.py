"""How often people themselves err, as far as gold labels or repeated blind votes can tell.

With gold labels the error is counted. Without them it follows from how often people agree: where
every vote is right with probability a, whatever the item, and falls evenly on the other K - 1
labels otherwise, two independent votes on one item agree with probability

    A = a² + (1 - a)² / (K - 1),    so that    a = (1 + sqrt((K - 1) · (K·A - 1))) / K

Chance agreement is taken into account: A = 1/K gives a = 1/K. How often the majority of n such
votes is wrong follows exactly. What people get wrong together shows in no disagreement, so without
gold labels this is the least that their error may be, against a truth beyond them.
"""

from dataclasses import dataclass
from math import comb, factorial, sqrt

import numpy as np
import pandas as pd

from aggregation.quality.intervals import Interval, clopper_pearson
from labeling.errors import NotEnoughVotes
from labeling.mathtypes import Floats, Integers

DRAWS = 1000
"""Times that items are drawn anew for an interval."""


@dataclass(frozen=True, slots=True)
class HumanError:
    """The share of people's labels that are wrong.

    Attributes:
        error: The estimate, in [0, 1].
        interval: Its interval, at the level that was asked for.
        items: How many items it rests on.
    """

    error: float
    interval: Interval
    items: int


def against_gold(
    labels: "pd.Series[str]", gold: "pd.Series[str]", level: float = 0.95
) -> HumanError:
    """Count people's errors where gold labels are known; the interval is Clopper and Pearson's.

    Args:
        labels: People's consensus, by task.
        gold: The right labels, by task; tasks that only one of the two names are left out.
        level: Of the interval.

    Returns:
        The share of wrong labels, with its interval.

    Raises:
        NotEnoughVotes: No labelled task has a gold label.
    """
    tasks = labels.index.intersection(gold.index)
    wrong = int((labels[tasks] != gold[tasks]).sum())
    interval = clopper_pearson(wrong, len(tasks), level)
    return HumanError(wrong / len(tasks), interval, len(tasks))


def from_repeats(
    votes: pd.DataFrame, labels: int, used: int, *, seed: int, level: float = 0.95
) -> HumanError:
    """Estimate the error of a majority of `used` votes from repeated blind votes.

    Args:
        votes: The frame `task, worker, label`, given independently; one vote a worker and task.
        labels: How many labels the control offers, at least 2.
        used: How many votes decide an item; where they tie, one of the leading labels is drawn.
        seed: Of the bootstrap over items that gives the interval.
        level: Of the interval.

    Returns:
        The expected share of wrong labels, with its interval.

    Raises:
        NotEnoughVotes: Fewer than two items have two votes.
    """
    counts = _counts(votes)
    sizes = counts.sum(axis=1)
    counts, sizes = counts[sizes > 1], sizes[sizes > 1]
    if len(counts) < 2:
        raise NotEnoughVotes(
            "Too few items were answered by two people to tell how often people err",
            hint="Give more items to two reviewers (policy.votes).",
        )
    agreeing = (counts * (counts - 1)).sum(axis=1)
    pairs = sizes * (sizes - 1)
    rng = np.random.default_rng(seed)
    drawn = [rng.integers(len(pairs), size=len(pairs)) for _ in range(DRAWS)]
    agreement = [float(agreeing[items].sum() / pairs[items].sum()) for items in drawn]
    low, high = np.quantile(agreement, [(1 - level) / 2, (1 + level) / 2])
    errors = [
        majority_error(single_accuracy(share, labels), used, labels)
        for share in (float(agreeing.sum() / pairs.sum()), float(high), float(low))
    ]
    return HumanError(errors[0], Interval(errors[1], errors[2]), len(pairs))


def single_accuracy(agreement: float, labels: int) -> float:
    """Return the accuracy of one vote that makes two agree so often; chance where they agree less.

    Args:
        agreement: Share of pairs of votes that agree, in [0, 1].
        labels: How many labels the control offers, at least 2.

    Returns:
        The accuracy, from 1 / labels to 1.
    """
    above_chance = max(0.0, (labels - 1) * (labels * agreement - 1))
    return (1 + sqrt(above_chance)) / labels


def majority_error(accuracy: float, votes: int, labels: int) -> float:
    """Return the probability that the majority of independent votes is wrong, ties drawn by lot.

    Args:
        accuracy: Of each vote.
        votes: How many there are, at least 1.
        labels: How many labels there are, at least 2; errors fall evenly on the wrong ones.
    """
    wrong_labels, right = labels - 1, 0.0
    for hits in range(1, votes + 1):
        misses = votes - hits
        happens = comb(votes, hits) * accuracy**hits * (1 - accuracy) ** misses
        # Exponential generating functions count how the misses spread over the wrong labels.
        fewer = np.array([1 / factorial(count) for count in range(hits)])
        tied = np.zeros(hits + 1)
        tied[hits] = 1 / factorial(hits)
        for level in range(wrong_labels + 1):
            if level * hits > misses:
                break
            ways: Floats = np.ones(1)
            for factor in [tied] * level + [fewer] * (wrong_labels - level):
                ways = np.convolve(ways, factor)[: misses + 1]
            spread = ways[misses] if len(ways) > misses else 0.0
            share = comb(wrong_labels, level) * spread * factorial(misses)
            right += happens * share / wrong_labels**misses / (level + 1)
    return max(0.0, 1 - float(right))


def _counts(votes: pd.DataFrame) -> Integers:
    counts = votes.groupby(["task", "label"]).size().unstack("label", fill_value=0)
    table: Integers = counts.to_numpy(dtype=np.int64)
    return table
