"""Consensus from the votes that were seen so far, refitted as more of them arrive.

The model is that of `aggregation.classification.bayesian` without beliefs, over numbered tasks,
workers and labels: one accuracy a worker, shrunk towards the crowd's mean. In place of a belief
stands the crowd's own share of each label,

    prior(y) = (1 - EVEN) · mean_t posterior_t(y) + EVEN / K

since a vote for a frequent label needs less confirmation than one for a rare label. Every share
is kept at EVEN / K or above: with one vote an item, the shares would otherwise feed on themselves
until one label is left. What remains of that: where labels are unbalanced, lone votes for the
frequent one are believed more, and raise the skill that is estimated.
"""

from dataclasses import dataclass

import numpy as np

from aggregation.classification.bayesian import GUESS, GUESS_VOTES, HIGHEST_ACCURACY
from labeling.mathtypes import Floats, Indices

EVEN = 0.25
"""Share of the prior that is spread evenly over the labels."""
TOLERANCE = 1e-4
"""The estimation ends when no posterior moves further than this."""
MAX_STEPS = 60


@dataclass(frozen=True, slots=True)
class OnlineConsensus:
    """What the votes tell.

    Attributes:
        posterior: Tasks by labels; rows sum to 1.
        accuracy: Of each worker, from chance to `HIGHEST_ACCURACY`.
        skill: The crowd's mean accuracy, a vote.
    """

    posterior: Floats
    accuracy: Floats
    skill: float

    @property
    def labels(self) -> Indices:
        """The most probable label of each task; the first of those that tie."""
        return np.asarray(self.posterior.round(9).argmax(axis=1), dtype=np.intp)


def consensus(
    tasks: Indices,
    workers: Indices,
    labels: Indices,
    shape: tuple[int, int, int],
    *,
    strength: float = 10.0,
) -> OnlineConsensus:
    """Estimate truth and skills from the votes alone, by expectation maximisation.

    Args:
        tasks: The task of each vote, from 0 on.
        workers: Its worker, from 0 on.
        labels: The label that it names, from 0 on.
        shape: How many tasks, workers and labels there are; at least two labels.
        strength: How many votes of the crowd's mean quality a worker starts with.

    Returns:
        The posterior of every task, shape (tasks, labels), and the skills, shape (workers,).
    """
    n_tasks, n_workers, k = shape
    cells = tasks * k + labels
    counts = np.bincount(workers, minlength=n_workers)
    chance, highest = 1 / k, max(HIGHEST_ACCURACY, 1 / k)
    skill = max(GUESS, chance)
    accuracy, prior = np.full(n_workers, skill), np.full(k, chance)
    posterior = np.full((n_tasks, k), chance)
    for turn in range(MAX_STEPS):
        # The factor of the labels that a vote does not name is common to them and cancels.
        evidence = np.log(accuracy) - np.log((1 - accuracy) / (k - 1))
        scores = np.bincount(cells, weights=evidence[workers], minlength=n_tasks * k)
        masses = scores.reshape(n_tasks, k) + np.log(prior)
        masses = np.exp(masses - masses.max(axis=1, keepdims=True))
        last, posterior = posterior, masses / masses.sum(axis=1, keepdims=True)
        if turn and np.abs(posterior - last).max() < TOLERANCE:
            break
        agreement = posterior.ravel()[cells]
        skill = (GUESS * GUESS_VOTES + agreement.sum()) / (GUESS_VOTES + len(cells))
        agreed = np.bincount(workers, weights=agreement, minlength=n_workers)
        accuracy = np.clip((strength * skill + agreed) / (strength + counts), chance, highest)
        prior = (1 - EVEN) * posterior.mean(axis=0) + EVEN * chance
    return OnlineConsensus(posterior, accuracy, float(skill))
