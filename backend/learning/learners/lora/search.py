"""The search for how an adapter is trained: few ways, the better half of which goes on."""

from collections.abc import Callable, Sequence

import numpy as np

from backend.learning.learners.base import Progress
from backend.learning.learners.lora.examples import EncodedExample
from backend.learning.learners.lora.trainee import Trainee
from backend.learning.learners.lora.training import Configuration, Trial

HELD_OUT = 0.15
"""The share of the answers that a trial is judged on."""

FEWEST_HELD = 8
"""Answers below which none are held out."""

_UNEVEN = 3.0
"""Times that one label must be as frequent as another for weights of labels to be tried."""


def configurations(examples: Sequence[EncodedExample]) -> list[Configuration]:
    """List what is tried: learning rates, and weights of labels where these are uneven.

    Args:
        examples: What is learned from.

    Returns:
        The configurations, what mostly wins first.
    """
    tried = [Configuration(8, 1e-3, 3), Configuration(8, 3e-4, 3)]
    said = [one.example.said for one in examples]
    if len({len(row) for row in said}) == 1 and len(said[0]) > 1:
        share = np.mean(said, axis=0)
        given = share[share > 0]
        if given.max() > _UNEVEN * given.min():
            tried.append(Configuration(8, 1e-3, 3, balanced=True))
    return tried


def search(
    trainee: Trainee,
    examples: Sequence[EncodedExample],
    tried: Sequence[Configuration],
    clock: Callable[[], float],
    budget: float,
    progress: Progress,
) -> Trial:
    """Train by every way for an epoch, and go on with the better half until one is left.

    A part of the answers is held out and decides: among the ways, and after how many epochs to
    stop. Where the time ends first, the best so far is what was found.

    Args:
        trainee: The model.
        examples: What people answered.
        tried: Ways to train; one alone is simply trained.
        clock: Returns the time, in seconds.
        budget: Seconds after which no further epoch is begun; one always is.
        progress: Is told how far it is.

    Returns:
        The best trial, its adapter taken off the model.
    """
    began = clock()
    shuffled = [examples[number] for number in np.random.default_rng(0).permutation(len(examples))]
    count = round(HELD_OUT * len(examples))
    held, known = (shuffled[:count], shuffled[count:]) if count >= FEWEST_HELD else ([], shuffled)
    ways = tried if held else tried[:1]
    trials = [Trial(trainee, f"trial{n}", way, known, held) for n, way in enumerate(ways)]
    epochs = _epochs(ways)
    done, going, spent = 0, list(trials), 0.0
    while going:
        for trial in going:
            if done and spent + spent / done > budget:
                going = []
                break
            trial.epoch()
            done, spent = done + 1, clock() - began
            progress(min(1.0, done / epochs))
        going = sorted(going, key=lambda trial: trial.best_loss)
        going = [trial for trial in going[: max(1, len(going) // 2)] if not trial.is_done]
    for trial in trials:
        trainee.remove(trial.name)
    return min(trials, key=lambda trial: trial.best_loss)


def _epochs(ways: Sequence[Configuration]) -> int:
    """Count the epochs of a search in which nothing stops early."""
    total, left = len(ways), len(ways)
    for _ in range(1, ways[0].epochs):
        left = max(1, left // 2)
        total += left
    return total
