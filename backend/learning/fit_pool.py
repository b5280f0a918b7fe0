"""The pool of methods, fitted to people's answers and judged on answers that it did not see.

The weights are a maximum a posteriori estimate: log loss, with normal priors around equal weights
(a ridge), bounded at 0. The fitted pool takes the place of the even one only where it beats it out
of fold by more than the standard error, so that few answers leave the weights alike.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from scipy.optimize import minimize
from scipy.special import softmax

from backend.calibration.noisy_labels import TINY, NoisyLabels, folds
from backend.confidence.opinion_pool import OpinionPool, bounded
from backend.learning.selection import compare
from labeling.mathtypes import Floats

SPREAD = 0.25
"""Standard deviation, under the prior, of each weight around the even one."""


@dataclass(frozen=True, slots=True)
class PoolChoice:
    """The pool that was chosen.

    Attributes:
        pool: Fitted to all answers, or the even one.
        noisy_labels: The answers beside what the pool says of them when fitted on the other folds.
        report: The figures behind it, in JSON's types.
    """

    pool: OpinionPool
    noisy_labels: NoisyLabels
    report: dict[str, Any]


def choose_pool(methods: Sequence[str], beliefs: Floats, noisy_labels: NoisyLabels) -> PoolChoice:
    """Fit the pool of several methods, and choose between it and the even one.

    Args:
        methods: Their names, two at least.
        beliefs: Their natural-log probabilities, shape (methods, answers, labels).
        noisy_labels: The answers beside the even pool.

    Returns:
        The pool, the answers beside what it says out of fold, and the figures behind it.
    """
    out_of_fold = np.empty_like(noisy_labels.log_probabilities)
    part = folds(len(noisy_labels))
    for number in np.unique(part):
        held = part == number
        pool = fit(methods, beliefs[:, ~held], noisy_labels.part(~held))
        out_of_fold[held] = pool(beliefs[:, held])
    even_loss, loss = (
        noisy_labels.log_loss(np.exp(log_probabilities))
        for log_probabilities in (noisy_labels.log_probabilities, out_of_fold)
    )
    comparison = compare(even_loss, loss)
    if comparison.is_better:
        pool, noisy_labels = (
            fit(methods, beliefs, noisy_labels),
            replace(noisy_labels, log_probabilities=out_of_fold),
        )
    else:
        pool = replace(OpinionPool.even(methods), answers=len(noisy_labels))
    report = {
        "weights": dict(pool.weights),
        "is_fitted": comparison.is_better,
        "why": f"against equal weights: {comparison}",
    }
    return PoolChoice(pool, noisy_labels, report)


def fit(methods: Sequence[str], beliefs: Floats, noisy_labels: NoisyLabels) -> OpinionPool:
    """Fit the weights to answers, one at least; see `choose_pool` for the arguments."""
    said, even = noisy_labels.said, 1 / len(methods)
    logs = bounded(beliefs)
    by_mistake = noisy_labels.by_mistake[:, None]
    informative = noisy_labels.trust[:, None] - by_mistake

    def loss(weights: Floats) -> tuple[float, Floats]:
        together = softmax(np.tensordot(weights, logs, axes=1), axis=1)
        believed = informative * together
        likelihood = by_mistake + believed + TINY
        away = (weights - even) / SPREAD
        value = -(said * np.log(likelihood)).sum() + 0.5 * np.sum(away**2)
        explained = said * believed / likelihood
        residual = explained.sum(axis=1, keepdims=True) * together - explained
        gradient = np.einsum("mal,al->m", logs, residual) + away / SPREAD
        return float(value), gradient

    start = np.full(len(methods), even)
    bounds = [(0.0, None)] * len(methods)
    found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds).x
    return OpinionPool(dict(zip(methods, found.tolist(), strict=True)), len(noisy_labels))
