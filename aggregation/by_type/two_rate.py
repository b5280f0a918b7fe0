"""Yes or no, by workers who miss what holds and name what does not, each with their own rates.

What holds is rare, so the two mistakes are not alike, and one accuracy a worker cannot tell them
apart: where people miss a third and hardly make anything up, two of five naming something are
right. With sensitivity a_w and specificity b_w (Dawid and Skene 1979, for two classes),

    posterior ∝ π Π_w P(v_w | holds),    P(yes | holds) = a_w,    P(no | holds not) = b_w

estimated by expectation maximisation. What few votes cannot settle starts from the share r of yes
votes: π = r, a = g and 1 - b = (1 - g) r / (1 - r). That is a crowd whose yes is right with
probability g = `GUESS`, and that names a share g of what holds. The crowd's rates start there with
the weight of `GUESS_VOTES` items of either sort, a worker's at the crowd's with `STRENGTH`. A yes
never speaks against an item: a_w is kept at 1 - b_w or above.

A belief makes an item's prior a + b·π, with a and b of its own; a given probability is a, and b is
then 0. As much of an item tells of π as comes from there.
"""

import numpy as np

from aggregation.by_type.base import STRENGTH
from aggregation.classification.bayesian import SMOOTHING
from aggregation.classification.expectation_maximisation import MAX_STEPS, TOLERANCE
from aggregation.classification.worker_models import GUESS, GUESS_VOTES, HIGHEST_ACCURACY
from labeling.mathtypes import Bools, Floats, Indices


def probability_of_yes(
    items: Indices, workers: Indices, named: Bools, believed: Floats | None = None
) -> Floats:
    """Estimate which items hold.

    Args:
        items: The number of each vote's item, from 0 on, none left out.
        workers: The number of its worker, from 0 on, none left out.
        named: Whether it is a yes.
        believed: The a and the b of each item, shape (2, items); 0 and 1, where nothing is believed
            of it. None: of all.

    Returns:
        The posterior probability of each item.
    """
    share = float(np.clip(named.mean(), 0.5 / len(named), 0.5))
    odds = share / (1 - share)
    guess = np.array([GUESS, 1 - (1 - GUESS) * odds])
    highest = np.array([HIGHEST_ACCURACY, 1 - (1 - HIGHEST_ACCURACY) * odds])
    rates = np.tile(guess[:, None], workers.max() + 1)
    fixed, free = _kept_from_certain(believed, items.max() + 1)
    rate = share
    posterior = _posterior(fixed + free * rate, rates, items, workers, named)
    for _ in range(MAX_STEPS):
        truth = np.stack([posterior[items], 1 - posterior[items]])
        right = truth * np.stack([named, ~named])
        crowd = (GUESS_VOTES * guess + right.sum(axis=1)) / (GUESS_VOTES + truth.sum(axis=1))
        start = STRENGTH * crowd[:, None]
        rates = (start + _by(workers, right)) / (STRENGTH + _by(workers, truth))
        rates = np.clip(rates, [[0.0], [0.5]], highest[:, None])
        rates[0] = np.maximum(rates[0], 1 - rates[1])
        yes, no = _from_rate(rate, fixed, free, posterior)
        rate = (GUESS_VOTES * share + yes) / (GUESS_VOTES + yes + no)
        last = posterior
        posterior = _posterior(fixed + free * rate, rates, items, workers, named)
        if np.abs(posterior - last).max() < TOLERANCE:
            break
    return posterior


def _kept_from_certain(believed: Floats | None, items: int) -> Floats:
    """Keep what is believed of each item from 0 and 1; shape (2, items)."""
    free = np.repeat([[0.0], [1.0]], items, axis=1)
    if believed is None:
        return free
    kept: Floats = np.where(
        believed[1] == 1.0, free, (1 - SMOOTHING) * believed + [[SMOOTHING / 2], [0.0]]
    )
    return kept


def _from_rate(rate: float, fixed: Floats, free: Floats, posterior: Floats) -> tuple[float, float]:
    """Count the items that hold, and that do not, as far as the rate is why."""
    prior = fixed + free * rate
    yes = posterior * (free * rate / prior)
    no = (1 - posterior) * (free * (1 - rate) / (1 - prior))
    return float(yes.sum()), float(no.sum())


def _by(workers: Indices, values: Floats) -> Floats:
    return np.stack([np.bincount(workers, weights=row) for row in values])


def _posterior(
    priors: Floats, rates: Floats, items: Indices, workers: Indices, named: Bools
) -> Floats:
    yes, no = rates[0, workers], rates[1, workers]
    evidence = np.where(named, np.log(yes / (1 - no)), np.log((1 - yes) / no))
    scores = np.log(priors / (1 - priors)) + np.bincount(items, weights=evidence)
    posterior: Floats = 1 / (1 + np.exp(-np.clip(scores, -500, 500)))
    return posterior
