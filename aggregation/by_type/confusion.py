"""Which of several classes holds, by workers who each take some classes for others.

A worker w says v of an item of class k with probability C_w[k, v], a confusion matrix of their own
(Dawid and Skene 1979):

    posterior(k) ∝ π_k Π_w C_w[k, v_w]

Most workers judge too few items of most classes to tell K x K numbers, so each row is shrunk, as if
w had already judged `STRENGTH` items of that class, towards what the crowd would say if all were as
good as w is on labels at large: it sees what is there with log-odds as far from the crowd's as w's
skill is from the mean, and errs in the crowd's proportions. The crowd's rows are shrunk towards a
guess that weighs `GUESS_VOTES` items: with probability g = `GUESS` one sees what is there, and else
says anything as often as all say it,

    guess[k, v] = g [k = v] + (1 - g) share_v

Of votes that follow the guess, as many take k for v as take v for k: it is symmetric, though most
items are of class 0, "none of the labels". A vote never speaks against its own class.

A class is a set of labels that hold together, mostly of one. What the model believes of an item is
its prior: of labels that it lists it gives their odds, in place of those that π has; where it lists
none, that nothing holds with a probability of its own, and else π.

Papers:
    A. P. Dawid and A. M. Skene, "Maximum likelihood estimation of observer error-rates using the EM
    algorithm", Applied Statistics 28(1), 1979.
    S. Paun et al., "Comparing Bayesian models of annotation", TACL 6, 2018: the hierarchical
    Dawid-Skene model.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import expit

from aggregation.by_type.base import STRENGTH
from aggregation.classification.bayesian import (
    GUESS,
    GUESS_VOTES,
    MAX_STEPS,
    SMOOTHING,
    TOLERANCE,
)
from labeling.mathtypes import Bools, Floats, Indices

if TYPE_CHECKING:
    from scipy.sparse import csr_array


@dataclass(frozen=True, eq=False)
class ClassVotes:
    """Votes on items of several classes; class 0 is that none of the labels holds.

    Attributes:
        items: The number of each vote's item, from 0 on, none left out.
        workers: The number of its worker, from 0 on, none left out.
        classes: The class that it names.
        weights: How many items each item stands for, which all have these votes.
        members: Whether a label belongs to a class, shape (labels, classes).
        believed: The model's probability of each label, shape (items, labels); NaN where it says
            nothing of it.
        nothing: The model's probability that nothing holds, shape (items,); 0 where it lists labels
            or is not asked.
    """

    items: Indices
    workers: Indices
    classes: Indices
    weights: Floats
    members: Bools
    believed: Floats
    nothing: Floats

    @cached_property
    def said(self) -> "csr_array":
        """Items by (worker, class): how often that worker named that class."""
        from scipy.sparse import csr_array  # here, since it would slow every command's start

        k = self.members.shape[1]
        return csr_array(
            (np.ones(len(self.items)), (self.items, self.workers * k + self.classes)),
            shape=(len(self.weights), (int(self.workers.max()) + 1) * k),
        )


def class_probabilities(votes: ClassVotes) -> Floats:
    """Estimate which class each item is of, by expectation maximisation.

    Args:
        votes: The votes.

    Returns:
        The posterior probability, shape (items, classes).
    """
    n_workers, k = int(votes.workers.max()) + 1, votes.members.shape[1]
    counts = np.bincount(votes.classes, weights=votes.weights[votes.items], minlength=k)
    # Half a vote for what nobody named, so that the model alone can name it.
    shares = (counts + 0.5) / (counts.sum() + 0.5 * k)
    guess = GUESS * np.eye(k) + (1 - GUESS) * shares
    rates, confusions = shares, np.repeat(guess[None], n_workers, axis=0)
    posterior = _posterior(votes, confusions, rates)
    for _ in range(MAX_STEPS):
        weighed: Floats = votes.said.T @ (posterior * votes.weights[:, None])
        judged = weighed.reshape(n_workers, k, k).transpose(0, 2, 1)
        crowd = _shrunk(judged.sum(axis=0), guess, GUESS_VOTES)
        confusions = _shrunk(judged, _usual(judged, crowd), STRENGTH)
        rates = _shrunk(_from_rates(votes, posterior, rates), shares, GUESS_VOTES)
        last, posterior = posterior, _posterior(votes, confusions, rates)
        if np.abs(posterior - last).max() < TOLERANCE:
            break
    return posterior


def _shrunk(counts: Floats, towards: Floats, strength: float) -> Floats:
    shrunk: Floats = (strength * towards + counts) / (strength + counts.sum(axis=-1, keepdims=True))
    return shrunk


def _usual(judged: Floats, crowd: Floats) -> Floats:
    """Write what the crowd would say if all were as good as each worker is on labels at large."""
    on_labels = judged[:, 1:, :]
    right = np.trace(on_labels[:, :, 1:], axis1=1, axis2=2)
    usual = np.repeat(crowd[None], len(judged), axis=0)
    if not on_labels.size:
        return usual
    own = np.diagonal(crowd)[1:]
    mean = float(right.sum() + STRENGTH * own.mean()) / float(on_labels.sum() + STRENGTH)
    skill = (STRENGTH * mean + right) / (STRENGTH + on_labels.sum(axis=(1, 2)))
    sees = expit(_log_odds(skill)[:, None] + _log_odds(own) - _log_odds(np.array(mean)))
    usual[:, 1:, :] *= ((1 - sees) / (1 - own))[:, :, None]
    labels = np.arange(1, len(crowd))
    usual[:, labels, labels] = sees
    return usual


def _evidence(confusions: Floats) -> Floats:
    """Write what each worker's vote says of the classes, a row a worker and class that is named."""
    own = np.diagonal(confusions, axis1=1, axis2=2)
    said = np.minimum(confusions, own[:, None, :]).transpose(0, 2, 1)
    evidence: Floats = np.log(said / own[:, :, None])
    return evidence.reshape(-1, confusions.shape[1])


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


def _posterior(votes: ClassVotes, confusions: Floats, rates: Floats) -> Floats:
    evidence: Floats = votes.said @ _evidence(confusions)
    return _normalised(np.log(_prior(votes, rates)) + evidence)


def _normalised(scores: Floats) -> Floats:
    masses = np.exp(scores - scores.max(axis=1, keepdims=True))
    normalised: Floats = masses / masses.sum(axis=1, keepdims=True)
    return normalised


def _log_odds(probability: Floats) -> Floats:
    odds: Floats = np.log(probability) - np.log1p(-probability)
    return odds
