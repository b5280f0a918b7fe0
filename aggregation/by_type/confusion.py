"""Which of several classes holds, by workers who each take some classes for others.

A worker w says v of an item of class k with probability C_w[k, v], a confusion matrix of their own
that is shrunk to the crowd's; see `aggregation.classification.worker_models.ConfusionMatrices`:

    posterior(k) ∝ π_k Π_w C_w[k, v_w]

Class 0 is that nothing holds, and most items are of it. So π is what votes at large name, as far as
`GUESS_VOTES` items outweigh the items' own posterior. Any other class is a set of labels that hold
together, mostly of one.

What the model believes of an item is its prior: of labels that it lists it gives their odds, in
place of those that π has; where it lists none, that nothing holds with a probability of its own,
and else π.

Papers:
    A. P. Dawid and A. M. Skene, "Maximum likelihood estimation of observer error-rates using the EM
    algorithm", Applied Statistics 28(1), 1979.
    S. Paun et al., "Comparing Bayesian models of annotation", TACL 6, 2018: the hierarchical
    Dawid-Skene model.
"""

from dataclasses import dataclass

import numpy as np

from aggregation.classification.bayesian import SMOOTHING
from aggregation.classification.expectation_maximisation import MAX_STEPS, TOLERANCE
from aggregation.classification.numbered_votes import NumberedVotes
from aggregation.classification.worker_models import GUESS_VOTES, ConfusionMatrices
from labeling.mathtypes import Bools, Floats


@dataclass(frozen=True, eq=False)
class ClassVotes:
    """Votes on items of several classes; class 0 is that none of the labels holds.

    Attributes:
        given: Who named which class of which item; items are its tasks, classes its labels.
        weights: How many items each item stands for, which all have these votes.
        members: Whether a label belongs to a class, shape (labels, classes).
        believed: The model's probability of each label, shape (items, labels); NaN where it says
            nothing of it.
        nothing: The model's probability that nothing holds, shape (items,); 0 where it lists labels
            or is not asked.
    """

    given: NumberedVotes
    weights: Floats
    members: Bools
    believed: Floats
    nothing: Floats


def class_probabilities(votes: ClassVotes) -> Floats:
    """Estimate which class each item is of, by expectation maximisation.

    Args:
        votes: The votes.

    Returns:
        The posterior probability, shape (items, classes).
    """
    _, n_workers, k = votes.given.shape
    counts = votes.weights @ votes.given.by_cell(np.ones(len(votes.given)))
    # Half a vote for what nobody named, so that the model alone can name it.
    shares = (counts + 0.5) / (counts.sum() + 0.5 * k)
    workers = ConfusionMatrices.unknown(n_workers, k, has_even_errors=False)
    rates = shares
    posterior = _posterior(votes, workers, rates)
    for _ in range(MAX_STEPS):
        workers = workers.refitted(votes.given, posterior * votes.weights[:, None])
        counted = _from_rates(votes, posterior, rates)
        rates = (GUESS_VOTES * shares + counted) / (GUESS_VOTES + counted.sum())
        last, posterior = posterior, _posterior(votes, workers, rates)
        if np.abs(posterior - last).max() < TOLERANCE:
            break
    return posterior


def _prior(votes: ClassVotes, rates: Floats) -> Floats:
    """Return the prior of each item, shape (items, classes)."""
    usual = votes.members @ rates
    believed = (1 - SMOOTHING) * votes.believed + SMOOTHING / 2
    odds = np.where(np.isnan(believed), 0.0, _log_odds(believed) - _log_odds(usual))
    prior = _normalised(np.log(rates) + odds @ votes.members)
    nothing = (1 - SMOOTHING) * votes.nothing[:, None]
    whole: Floats = nothing * (np.arange(len(rates)) == 0) + (1 - nothing) * prior
    return whole


def _from_rates(votes: ClassVotes, posterior: Floats, rates: Floats) -> Floats:
    """Count items by class, as far as the rates are why."""
    nothing = (1 - SMOOTHING) * votes.nothing
    is_free = np.isnan(votes.believed).all(axis=1)
    counted = posterior * (votes.weights * is_free)[:, None]
    counted[:, 0] *= (1 - nothing) * rates[0] / (nothing + (1 - nothing) * rates[0])
    total: Floats = counted.sum(axis=0)
    return total


def _posterior(votes: ClassVotes, workers: ConfusionMatrices, rates: Floats) -> Floats:
    return _normalised(np.log(_prior(votes, rates)) + workers.log_likelihood(votes.given))


def _normalised(scores: Floats) -> Floats:
    masses = np.exp(scores - scores.max(axis=1, keepdims=True))
    normalised: Floats = masses / masses.sum(axis=1, keepdims=True)
    return normalised


def _log_odds(probability: Floats) -> Floats:
    odds: Floats = np.log(probability) - np.log1p(-probability)
    return odds
