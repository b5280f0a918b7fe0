"""Which model of workers fits a crowd: the one whose held-out likelihood is best.

Votes are held out, a fifth at a time, of tasks with several. Each model is fitted to the others,
and judged by log P(held-out vote | the others): one that sees more in votes than is there says less
of votes that it did not see. The simplest model is taken that the best one does not surpass by more
than one standard error, over tasks, if it is no worse than those that are simpler.

Only where tasks have about equally many votes is anything but one coin considered. Otherwise people
were asked again where they differed, or named what is rare, and those tasks tell wrongly how often
each label is missed.

Papers:
    L. Breiman et al., "Classification and regression trees", 1984: the rule of one standard error.
    A. Vehtari, A. Gelman, J. Gabry, "Practical Bayesian model evaluation using leave-one-out
    cross-validation and WAIC", Statistics and Computing 27, 2017.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import get_args

import numpy as np

from aggregation.classification.expectation_maximisation import Prior
from aggregation.classification.model_fit import PER_LABEL, SIMPLEST, WorkerModelName, fits
from aggregation.classification.numbered_votes import NumberedVotes
from labeling.mathtypes import Floats, Indices

FOLDS = 5
"""How often a part of the votes is held out."""
MOST_VOTES = 20_000
"""More votes than these are not looked at: they would tell the same."""
MOST_LABELS = 50
"""Of more labels, only one coin is fitted: few votes would tell of each."""
LEAST_TOLD, MOST_UNEQUAL = 0.5, 0.25
"""Tasks have about equally many votes where so great a share of them has several, and the standard
deviation of the number is no more than that share of its mean."""
STEPS, TOLERANCE = 30, 1e-3
"""An estimation ends after so many steps, or when no posterior moves further than this."""


@dataclass(frozen=True)
class WorkerModelChoice:
    """The model that fits a crowd.

    Attributes:
        model: Its name.
        log_likelihoods: Of a held-out vote, in the mean, by model, in nats; none, where nothing
            was held out.
    """

    model: WorkerModelName
    log_likelihoods: Mapping[WorkerModelName, float]


def choose(votes: NumberedVotes) -> WorkerModelChoice:
    """Choose the model of workers by held-out likelihood.

    Args:
        votes: The votes; their order does not matter.

    Returns:
        The model; the simplest, where too few votes tell.
    """
    names = candidates(votes.shape[2])
    told = _sampled(votes.of_tasks(votes.of_task > 1))
    if len(names) == 1 or told.shape[0] < 2 or not has_equal_overlap(votes):
        return WorkerModelChoice(SIMPLEST, {})
    found = held_out(told, names)
    means = {name: float(likelihood.mean()) for name, likelihood in found.items()}
    best = max(names, key=lambda name: means[name])
    good = (
        name
        for place, name in enumerate(names)
        if _is_as_good(told, found[name], found[best])
        and means[name] >= max(means[simpler] for simpler in names[: place + 1])
    )
    return WorkerModelChoice(next(good), means)


def has_equal_overlap(votes: NumberedVotes) -> bool:
    """Return whether tasks have about equally many votes."""
    overlap = votes.of_task[votes.of_task > 0]
    return bool(
        (overlap > 1).mean() >= LEAST_TOLD and overlap.std() <= MOST_UNEQUAL * overlap.mean()
    )


def candidates(labels: int) -> tuple[WorkerModelName, ...]:
    """Return the models that differ for so many labels, the simplest first."""
    if not 2 <= labels <= MOST_LABELS:
        return (SIMPLEST,)
    names: tuple[WorkerModelName, ...] = get_args(WorkerModelName)
    return names if labels > 2 else (SIMPLEST, *PER_LABEL)


def held_out(
    votes: NumberedVotes, models: Sequence[WorkerModelName]
) -> Mapping[WorkerModelName, Floats]:
    """Return log P(vote | the votes of other folds) of each vote, by model.

    Args:
        votes: The votes, of tasks with several.
        models: The models' names.

    Returns:
        The log-likelihoods, in nats, each of shape (votes,).
    """
    prior, folds = Prior.none(votes.shape[0], votes.shape[2]), _folds(votes)
    found = {model: np.zeros(len(votes)) for model in models}
    for fold in range(FOLDS):
        out = folds == fold
        left, kept = votes.where(out), votes.where(~out)
        fitted_all = fits(kept, prior, models, steps=STEPS, tolerance=TOLERANCE)
        for model, fitted in zip(models, fitted_all, strict=True):
            found[model][out] = np.log(fitted.workers.predictive(left, fitted.posterior))
    return found


def _is_as_good(votes: NumberedVotes, one: Floats, best: Floats) -> bool:
    """Return whether the best surpasses a model by no more than one standard error."""
    behind = np.bincount(votes.tasks, weights=best - one)
    return bool(behind.sum() <= np.sqrt(len(behind)) * behind.std(ddof=1))


def _folds(votes: NumberedVotes) -> Indices:
    """Spread each task's votes over the folds, in the order of their workers."""
    order = np.lexsort((votes.labels, votes.workers, votes.tasks))
    first = np.cumsum(votes.of_task) - votes.of_task
    place = np.empty(len(votes), dtype=np.intp)
    place[order] = np.arange(len(votes)) - np.repeat(first, votes.of_task)
    start = np.random.default_rng(0).integers(FOLDS, size=votes.shape[0])
    folds: Indices = (place + start[votes.tasks]) % FOLDS
    return folds


def _sampled(votes: NumberedVotes) -> NumberedVotes:
    """Keep tasks at random, until they have as many votes as are looked at."""
    if len(votes) <= MOST_VOTES:
        return votes
    order = np.random.default_rng(0).permutation(votes.shape[0])
    chosen = np.zeros(votes.shape[0], dtype=np.bool_)
    chosen[order[np.cumsum(votes.of_task[order]) <= MOST_VOTES]] = True
    return votes.of_tasks(chosen)
