"""`SCALE`: steps of a scale, which people miss by a little more often than by much.

A worker reads the true step t with normal noise of a deviation s_w of their own, and says the step
that the reading falls into; the ends of the scale take what lies beyond them. With K steps and the
normal distribution Φ,

    P(v | t) = (1 - SLIP) · [Φ((v + ½ - t)/s_w) - Φ((v - ½ - t)/s_w)] + SLIP/K

This is the ordinal model of Lakshminarayanan and Teh (2013) with one number a worker where Dawid
and Skene (1979) have K² - K: all that a few dozen votes of a worker can support. Whatever s_w, a
vote speaks for the step that it names before any other; the prior of t is even, so what all say
wins. Expectation maximisation finds posterior and noise together, the noises on a grid, each as if
the worker had already given `STRENGTH` votes as the crowd gives them, the crowd starting from a
guess. A step that only one vote is about tells nothing of who gave it, so it moves no noise.

A belief takes the even prior's place, by Bayes' rule, as far as `SMOOTHING` leaves it. So does the
known answer of a control task, which is certain: what people say of it tells their noise, even
where one alone was asked, and it comes out without a label.

Papers:
    A. P. Dawid and A. M. Skene, "Maximum likelihood estimation of observer error-rates using the EM
    algorithm", Applied Statistics 28(1), 1979.
    B. Lakshminarayanan and Y. W. Teh, "Inferring ground truth from multi-annotator ordinal data: a
    probabilistic approach", arXiv:1305.0015, 2013.
"""

from collections.abc import Mapping, Sequence
from functools import partial

import numpy as np
import pandas as pd

from aggregation.beliefs import spread
from aggregation.by_type.base import (
    STRENGTH,
    Beliefs,
    TypeAggregator,
    TypeConsensus,
    skills_by_similarity,
)
from aggregation.classification.bayesian import CERTAIN, SMOOTHING
from aggregation.classification.expectation_maximisation import MAX_STEPS, TOLERANCE
from aggregation.classification.worker_models import GUESS_VOTES
from aggregation.control_votes import NO_BALLOTS, KnownBallots
from labeling.answers.similarity import similarity, step_of
from labeling.answers.types import AnswerType
from labeling.mathtypes import Bools, Floats, Indices

SLIP = 0.02
"""Share of votes that may name any step at all: a slip of the hand."""
GUESSED_NOISE = 0.15
"""Noise of a crowd that nothing is known of, as a share of the scale's length."""
GRID = 40
"""How many noises are tried."""


class Scales(TypeAggregator):
    """A step a task, by workers who each have a noise.

    The consensus is the most probable step; where steps tie, the one nearest to the mean, and then
    the lower one.

    Args:
        labels: Every step, `1` to the highest. Without them, the highest that was given counts.
        known: What people said of control tasks.

    Attributes:
        probas_: Posterior probability of each step, a row per task, columns `1`, `2`, ...
        expected_: Mean of that posterior, in steps, by task.
        noise_: The s_w of each worker, in steps, by worker.

    Examples:
        >>> import pandas as pd
        >>> votes = pd.DataFrame(
        ...     [
        ...         (1, "ann", "4"),
        ...         (1, "bob", "4"),
        ...         (1, "cyd", "5"),
        ...     ],
        ...     columns=["task", "worker", "label"],
        ... )
        >>> Scales(["1", "2", "3", "4", "5"]).fit(votes).labels_.to_dict()
        {1: '4'}
    """

    probas_: pd.DataFrame
    expected_: "pd.Series[float]"
    noise_: "pd.Series[float]"

    def __init__(self, labels: Sequence[str] = (), known: KnownBallots = NO_BALLOTS) -> None:
        self._highest = max(map(step_of, {*labels, *known.labels}), default=1)
        self._known = known

    def _agree(self, ballots: pd.DataFrame, beliefs: Beliefs) -> TypeConsensus:
        given = pd.concat([ballots, self._known.ballots]) if self._known.are_any else ballots
        votes = np.array([step_of(answer) for answer in given["label"]]) - 1
        believed = max((step_of(one.label) for one in beliefs.values()), default=1)
        steps = max(self._highest, int(votes.max()) + 1, believed)
        names = [str(step) for step in range(1, steps + 1)]
        rows, tasks = pd.factorize(given["task"], sort=True)
        voters, workers = pd.factorize(given["worker"], sort=True)
        prior = _log_prior(tasks.tolist(), names, beliefs, self._known.known)
        is_known = np.isin(tasks, list(self._known.known))
        posterior, noise = _estimate(prior, rows, voters, votes, is_known)
        posterior, tasks = posterior[~is_known], tasks[~is_known]
        index = pd.Index(tasks, name="task")
        expected = posterior @ np.arange(1, steps + 1)
        self.probas_ = pd.DataFrame(posterior, index=index, columns=pd.Index(names, name="label"))
        self.expected_ = pd.Series(expected, index=index, name="expected")
        self.noise_ = pd.Series(noise, index=pd.Index(workers, name="worker"), name="noise")
        best = _most_probable(posterior, expected)
        labels = {int(task): names[step] for task, step in zip(tasks, best, strict=True)}
        sure = posterior[np.arange(len(best)), best]
        confidence = {int(task): float(p) for task, p in zip(tasks, sure, strict=True)}
        similarity_of = partial(similarity, AnswerType.SCALE, steps=steps)
        return TypeConsensus(
            labels, confidence, skills_by_similarity(ballots, labels, similarity_of)
        )


def _most_probable(posterior: Floats, expected: Floats) -> Indices:
    # Rounded, so that sums of equal terms tie whatever the order that they were added in.
    leading = posterior.round(9) == posterior.round(9).max(axis=1, keepdims=True)
    away = np.abs(np.arange(1, posterior.shape[1] + 1) - expected.round(9)[:, None])
    best: Indices = np.where(leading, away.round(9), np.inf).argmin(axis=1)
    return best


def _log_prior(
    tasks: Sequence[int],
    names: Sequence[str],
    beliefs: Beliefs,
    known: Mapping[int, frozenset[str]],
) -> Floats:
    """Write the natural-log prior, tasks by steps, up to a constant a task."""
    prior = np.zeros((len(tasks), len(names)))
    for row, task in enumerate(tasks):
        if task in known:
            prior[row] = [0.0 if name in known[task] else np.log(CERTAIN) for name in names]
        if task in beliefs:
            believed = spread(beliefs[task], names)
            masses = np.array([believed[name] for name in names])
            prior[row] = np.log((1 - SMOOTHING) * masses + SMOOTHING / len(names))
    return prior


def _estimate(
    log_prior: Floats, rows: Indices, voters: Indices, votes: Indices, is_known: Bools
) -> tuple[Floats, Floats]:
    """Alternate between the posterior (tasks by steps) and the workers' noises."""
    steps = log_prior.shape[1]
    guess = GUESSED_NOISE * steps
    noises = np.geomspace(0.2, 2.0 * steps, GRID, dtype=np.float64)
    log_tables = np.log([_votes_given_truth(noise, steps) for noise in noises])
    guessed = _votes_given_truth(guess, steps) * GUESS_VOTES / steps
    chosen = np.full(voters.max() + 1, np.abs(np.log(noises / guess)).argmin())
    posterior = _posterior(log_prior, log_tables, chosen, rows, voters, votes)
    shared = ((np.bincount(rows) > 1) | is_known)[rows]
    for _ in range(MAX_STEPS):
        counts = np.zeros((len(chosen), steps, steps))
        np.add.at(counts, (voters[shared], votes[shared]), posterior[rows[shared]])
        crowd = (guessed + counts.sum(axis=0)) / (GUESS_VOTES + shared.sum())
        fit = np.einsum("wvt,gvt->wg", counts + STRENGTH * crowd, log_tables)
        chosen = fit.round(9).argmax(axis=1)
        last = posterior
        posterior = _posterior(log_prior, log_tables, chosen, rows, voters, votes)
        if np.abs(posterior - last).max() < TOLERANCE:
            break
    return posterior, noises[chosen]


def _votes_given_truth(noise: float, steps: int) -> Floats:
    """Write P(v | t), a row a vote and a column a truth."""
    from scipy.special import ndtr  # here, since it would slow every command's start

    cuts = np.concatenate([[-np.inf], np.arange(steps - 1) + 0.5, [np.inf]])
    below = ndtr((cuts[:, None] - np.arange(steps)) / noise)
    table: Floats = (1 - SLIP) * np.diff(below, axis=0) + SLIP / steps
    return table


def _posterior(
    log_prior: Floats,
    log_tables: Floats,
    chosen: Indices,
    rows: Indices,
    voters: Indices,
    votes: Indices,
) -> Floats:
    scores = log_prior.copy()
    np.add.at(scores, rows, log_tables[chosen[voters], votes])
    scores -= scores.max(axis=1, keepdims=True)
    masses = np.exp(scores)
    posterior: Floats = masses / masses.sum(axis=1, keepdims=True)
    return posterior
