"""Time that answers took, beside the time that the same items take others."""

import numpy as np
import pandas as pd

from aggregation.quality.rules.contract import Work
from labeling.mathtypes import Floats

SHORTEST = 0.5
"""Seconds below which no time is told from another."""

SHRINKAGE = 2.0
"""Answers that an item needs for its own time to count half, beside its text's length."""

ROUNDS = 3
"""How often items and people are fitted in turn."""


def log_seconds(work: Work) -> Floats:
    """Return the natural log of each answer's seconds, NaN where none were measured."""
    logs: Floats = np.log(np.maximum(work.answers["seconds"].to_numpy(np.float64), SHORTEST))
    return logs


def beside_others(work: Work) -> Floats:
    """Return how much longer, in log-seconds, each answer took than such an item takes people.

    An item's time follows from the length of its text and from the times of its own answers, with
    each person's pace taken off, so that slow people do not make an item look long.

    Args:
        work: The record of the work.

    Returns:
        Differences of logs, around 0 over all people, NaN where no time was measured; shape
        (answers,).
    """
    logs = log_seconds(work)
    timed = ~np.isnan(logs)
    result = np.full(len(logs), np.nan)
    if not timed.any():
        return result
    y, words = logs[timed], work.log_words[timed]
    workers = pd.Series(work.of_worker[timed])
    tasks = pd.Series(work.of_task[timed])
    item = np.zeros(len(y))
    for _ in range(ROUNDS):
        pace = (pd.Series(y - item)).groupby(workers).transform("median").to_numpy()
        rest = y - pace
        by_length = _line(words - words.mean(), rest)
        own = pd.Series(rest - by_length).groupby(tasks)
        size = own.transform("size").to_numpy()
        item = by_length + own.transform("mean").to_numpy() * size / (size + SHRINKAGE)
    difference = y - item
    people = pd.Series(difference).groupby(workers).median()
    result[timed] = difference - float(people.median())
    return result


def _line(x: Floats, y: Floats) -> Floats:
    squares = float((x**2).sum())
    slope = 0.0 if squares == 0 else float((x * (y - y.mean())).sum()) / squares
    fitted: Floats = y.mean() + slope * x
    return fitted
