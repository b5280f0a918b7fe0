"""What people would say of each task: the share of them that gives each label.

A few votes are a small sample of that distribution: their plain shares call one vote unanimous. So
the votes on a task are taken as drawn from a distribution of its own, and these distributions from
a Dirichlet, whose concentration says how far tasks differ in what people say of them. It is learned
from all votes (the Dirichlet-multinomial of Minka, *Estimating a Dirichlet distribution*, 2000).
The Dirichlet's mean is the distribution of all votes, or, where that predicts votes on other tasks
better, partly what the model believes of the task.

Nothing is assumed of a truth, nor of anybody's skill: whoever answers is one of the people. That
tasks on which people differ are given more votes does no harm, since it depends on the votes alone.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np

from aggregation.beliefs import Posterior
from labeling.mathtypes import Bools, Floats, Indices

CONCENTRATIONS = tuple(float(c) for c in np.geomspace(0.25, 64, 33))
"""Concentrations that are tried: how many votes the mean of all tasks counts as."""

USUAL_CONCENTRATION, SPREAD = 2.0, 1.0
"""Centre and standard deviation of the prior of the concentration's logarithm: a vote a task says
nothing of how far tasks differ."""

BELIEF_WEIGHTS = (0.0, 0.2, 0.4, 0.6, 0.8, 0.95)
"""How much of the mean may be the model's belief; never all, since it may rule out what is said."""

MOST_FITTED = 5_000
"""Tasks, drawn at random, that concentration and weight are learned from at most: two numbers."""

FOLDS = 5
"""Parts that tasks are cut into where it is tried whether the belief helps."""


@dataclass(frozen=True, slots=True)
class LabelDistributions:
    """What people would say of tasks.

    Attributes:
        labels: The labels, in the order of every distribution.
        shares: The expected share of people who would give each label, by task.
        evidence: How many votes that counts as, by task: those that were given, and the
            concentration. So the share of one label has a Beta distribution, of `share * evidence`
            against the rest.
        concentration: How many votes what is known of a task before its votes counts as; the lower
            it is, the more tasks differ from each other, and the more people agree on each.
        belief_weight: How much of that is the model's belief, in [0, 1); 0: it did not help.
    """

    labels: tuple[str, ...]
    shares: Mapping[int, Posterior]
    evidence: Mapping[int, float]
    concentration: float
    belief_weight: float

    def probability_below(self, task: int, label: str, share: float) -> float:
        """Return how probable it is that a smaller share of people gives a label.

        Args:
            task: A task that has a distribution.
            label: A label; one that is unknown is given by nobody.
            share: The share, in (0, 1).

        Returns:
            The probability, in [0, 1].
        """
        from scipy.stats import beta  # here, since scipy.stats would slow every command's start

        expected, evidence = self.shares[task].get(label, 0.0), self.evidence[task]
        if not 0.0 < expected < 1.0:
            return float(expected < share)
        return float(beta.cdf(share, expected * evidence, (1 - expected) * evidence))


def label_distributions(
    votes: Mapping[int, Sequence[str]],
    labels: Sequence[str],
    beliefs: Mapping[int, Posterior] | None = None,
) -> LabelDistributions:
    """Estimate what people would say of each task.

    Args:
        votes: The labels that people gave each task, one a person.
        labels: Every label that they may give.
        beliefs: What the model believes that a task's label is, without having seen its votes.

    Returns:
        A distribution of each task with a vote; where the belief helps, of each with a belief too.

    Examples:
        >>> found = label_distributions({1: ["yes"] * 4, 2: ["yes", "no"] * 2}, ["yes", "no"])
        >>> [round(found.shares[task]["yes"], 2) for task in (1, 2)]
        [0.88, 0.56]
    """
    names, known = tuple(labels), beliefs or {}
    if not names:
        return LabelDistributions((), {}, {}, USUAL_CONCENTRATION, 0.0)
    voted = sorted(task for task in votes if votes[task])
    counts = _counts([votes[task] for task in voted], names)
    believed = _believed([known.get(task) for task in voted], names)
    has_belief = np.array([task in known for task in voted], dtype=np.bool_)
    base = _base(counts)
    some = np.random.default_rng(0).permutation(len(voted))[:MOST_FITTED]
    fitted = (counts[some], believed[some], has_belief[some])
    weights = BELIEF_WEIGHTS if _helps(*fitted) else (0.0,)
    concentration, weight = _fit(*fitted, base, weights)
    unseen = sorted(known.keys() - set(voted)) if weight else []
    tasks = [*voted, *unseen]
    counts = np.vstack([counts, np.zeros((len(unseen), len(names)))])
    means = np.vstack(
        [
            _means(base, believed, has_belief, weight),
            (1 - weight) * base + weight * _believed([known[task] for task in unseen], names),
        ]
    )
    evidence = counts.sum(axis=1) + concentration
    shares = (counts + concentration * means) / evidence[:, None]
    return LabelDistributions(
        names,
        {
            task: dict(zip(names, row, strict=True))
            for task, row in zip(tasks, shares.tolist(), strict=True)
        },
        dict(zip(tasks, evidence.tolist(), strict=True)),
        concentration,
        weight,
    )


def vote_shares(votes: Sequence[str]) -> Posterior:
    """Return the share of the votes that each label has which anybody gave.

    Args:
        votes: One task's labels, one a person; one at least.
    """
    return {label: votes.count(label) / len(votes) for label in dict.fromkeys(votes)}


def _counts(votes: Sequence[Sequence[str]], labels: Sequence[str]) -> Floats:
    """Count the votes for each label, shape (tasks, labels)."""
    return np.array(
        [[own.count(label) for label in labels] for own in votes], dtype=np.float64
    ).reshape(len(votes), len(labels))


def _believed(beliefs: Sequence[Posterior | None], labels: Sequence[str]) -> Floats:
    """Return beliefs as probabilities, shape (tasks, labels), even where there is none."""
    rows = [[(one or {}).get(label, 0.0) for label in labels] for one in beliefs]
    found = np.array(rows, dtype=np.float64).reshape(len(beliefs), len(labels))
    totals = found.sum(axis=1, keepdims=True)
    even = np.full_like(found, 1 / len(labels))
    return np.where(totals > 0, found / np.where(totals > 0, totals, 1.0), even)


def _base(counts: Floats) -> Floats:
    """Return the distribution of all votes, tasks alike, kept off 0; shape (labels,)."""
    sizes = np.maximum(counts.sum(axis=1, keepdims=True), 1.0)
    base: Floats = ((counts / sizes).sum(axis=0) + 1 / counts.shape[1]) / (len(counts) + 1)
    return base


def _means(base: Floats, believed: Floats, has_belief: Bools, weight: float) -> Floats:
    """Return what is expected of each task before its votes, shape (tasks, labels)."""
    own = np.where(has_belief, weight, 0.0)[:, None]
    means: Floats = (1 - own) * base + own * believed
    return means


def _fit(
    counts: Floats, believed: Floats, has_belief: Bools, base: Floats, weights: Sequence[float]
) -> tuple[float, float]:
    """Return the most probable concentration and weight of the belief."""

    def score(tried: tuple[float, float]) -> float:
        concentration, weight = tried
        means = _means(base, believed, has_belief, weight)
        away = math.log(concentration / USUAL_CONCENTRATION) / SPREAD
        return float(_log_likelihoods(counts, concentration * means).sum()) - away**2 / 2

    return max(product(CONCENTRATIONS, weights), key=score)


def _helps(counts: Floats, believed: Floats, has_belief: Bools) -> bool:
    """Return whether the belief predicts votes on tasks that nothing was fitted to.

    It must do so better than without it by more than the standard error of the difference.
    """
    if has_belief.sum() < 2 * FOLDS:
        return False
    part: Indices = np.random.default_rng(0).permutation(len(counts)) % FOLDS
    gains = np.empty(len(counts))
    for number in range(FOLDS):
        held = part == number
        rest = (counts[~held], believed[~held], has_belief[~held])
        base = _base(rest[0])
        with_belief, without = (
            _log_likelihoods(
                counts[held],
                concentration * _means(base, believed[held], has_belief[held], weight),
            )
            for concentration, weight in (
                _fit(*rest, base, BELIEF_WEIGHTS[1:]),
                _fit(*rest, base, (0.0,)),
            )
        )
        gains[held] = with_belief - without
    return bool(gains.mean() > gains.std(ddof=1) / math.sqrt(len(gains)))


def _log_likelihoods(counts: Floats, prior: Floats) -> Floats:
    """Return the log-likelihood of the votes on each task under Dirichlets, shape (tasks,)."""
    from scipy.special import gammaln  # here, since it would slow every command's start

    total, votes = prior.sum(axis=1), counts.sum(axis=1)
    each: Floats = (gammaln(prior + counts) - gammaln(prior)).sum(axis=1)
    found: Floats = each + gammaln(total) - gammaln(total + votes)
    return found
