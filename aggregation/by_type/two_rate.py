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
"""

import numpy as np

from aggregation.by_type.base import STRENGTH
from aggregation.classification.expectation_maximisation import MAX_STEPS, TOLERANCE
from aggregation.classification.worker_models import GUESS, GUESS_VOTES, HIGHEST_ACCURACY
from labeling.mathtypes import Bools, Floats, Indices


def probability_of_yes(items: Indices, workers: Indices, named: Bools) -> Floats:
    """Estimate which items hold.

    Args:
        items: The number of each vote's item, from 0 on, none left out.
        workers: The number of its worker, from 0 on, none left out.
        named: Whether it is a yes.

    Returns:
        The posterior probability of each item.
    """
    share = float(np.clip(named.mean(), 0.5 / len(named), 0.5))
    odds = share / (1 - share)
    guess = np.array([GUESS, 1 - (1 - GUESS) * odds])
    highest = np.array([HIGHEST_ACCURACY, 1 - (1 - HIGHEST_ACCURACY) * odds])
    rates = np.tile(guess[:, None], workers.max() + 1)
    prior = share
    posterior = _posterior(prior, rates, items, workers, named)
    for _ in range(MAX_STEPS):
        truth = np.stack([posterior[items], 1 - posterior[items]])
        right = truth * np.stack([named, ~named])
        crowd = (GUESS_VOTES * guess + right.sum(axis=1)) / (GUESS_VOTES + truth.sum(axis=1))
        start = STRENGTH * crowd[:, None]
        rates = (start + _by(workers, right)) / (STRENGTH + _by(workers, truth))
        rates = np.clip(rates, [[0.0], [0.5]], highest[:, None])
        rates[0] = np.maximum(rates[0], 1 - rates[1])
        prior = (GUESS_VOTES * share + posterior.sum()) / (GUESS_VOTES + len(posterior))
        last, posterior = posterior, _posterior(prior, rates, items, workers, named)
        if np.abs(posterior - last).max() < TOLERANCE:
            break
    return posterior


def _by(workers: Indices, values: Floats) -> Floats:
    return np.stack([np.bincount(workers, weights=row) for row in values])


def _posterior(
    prior: float, rates: Floats, items: Indices, workers: Indices, named: Bools
) -> Floats:
    yes, no = rates[0, workers], rates[1, workers]
    evidence = np.where(named, np.log(yes / (1 - no)), np.log((1 - yes) / no))
    scores = np.log(prior / (1 - prior)) + np.bincount(items, weights=evidence)
    posterior: Floats = 1 / (1 + np.exp(-np.clip(scores, -500, 500)))
    return posterior
