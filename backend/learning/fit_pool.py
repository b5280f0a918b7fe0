"""The mix of methods, fitted to people's answers and judged on answers that it did not see.

The weights are a maximum a posteriori estimate: log loss, with normal priors around equal weights
(a ridge), bounded at 0. The fitted mix takes the place of the even one only where it beats it out
of fold by more than the standard error, so that few answers leave the weights alike.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from scipy.optimize import minimize
from scipy.special import softmax

from backend.confidence.opinion_pool import Mix, bounded
from backend.learning.noisy_labels import TINY, Evidence, Floats, folds
from backend.learning.selection import compare

SPREAD = 0.25
"""Standard deviation, under the prior, of each weight around the even one."""


@dataclass(frozen=True, slots=True)
class Mixed:
    """The mix that was chosen.

    Attributes:
        mix: Fitted to all answers, or the even one.
        evidence: The answers beside what the mix says of them when fitted on the other folds.
        report: The figures behind it, in JSON's types.
    """

    mix: Mix
    evidence: Evidence
    report: dict[str, Any]


def mixed(methods: Sequence[str], beliefs: Floats, evidence: Evidence) -> Mixed:
    """Fit the mix of several methods, and choose between it and the even one.

    Args:
        methods: Their names, two at least.
        beliefs: Their natural-log probabilities, shape (methods, answers, labels).
        evidence: The answers beside the even mix.
    """
    crossed = np.empty_like(evidence.log_probabilities)
    part = folds(len(evidence))
    for number in np.unique(part):
        held = part == number
        mix = fit(methods, beliefs[:, ~held], evidence.part(~held))
        crossed[held] = mix(beliefs[:, held])
    even_loss, loss = (
        evidence.log_loss(np.exp(log_probabilities))
        for log_probabilities in (evidence.log_probabilities, crossed)
    )
    comparison = compare(even_loss, loss)
    if comparison.is_better:
        mix, evidence = (
            fit(methods, beliefs, evidence),
            replace(evidence, log_probabilities=crossed),
        )
    else:
        mix = replace(Mix.even(methods), answers=len(evidence))
    report = {
        "weights": dict(mix.weights),
        "is_fitted": comparison.is_better,
        "why": f"against equal weights: {comparison}",
    }
    return Mixed(mix, evidence, report)


def fit(methods: Sequence[str], beliefs: Floats, evidence: Evidence) -> Mix:
    """Fit the weights to answers, one at least; see `mixed` for the arguments."""
    rows, even = np.arange(len(evidence)), 1 / len(methods)
    logs = bounded(beliefs)
    of_answers = logs[:, rows, evidence.answers]
    by_mistake = evidence.by_mistake
    informative = evidence.trust - by_mistake

    def loss(weights: Floats) -> tuple[float, Floats]:
        together = softmax(np.tensordot(weights, logs, axes=1), axis=1)
        believed = informative * together[rows, evidence.answers]
        likelihood = by_mistake + believed + TINY
        away = (weights - even) / SPREAD
        value = -np.log(likelihood).sum() + 0.5 * np.sum(away**2)
        expected = np.einsum("mal,al->ma", logs, together)
        gradient = (expected - of_answers) @ (believed / likelihood) + away / SPREAD
        return float(value), gradient

    start = np.full(len(methods), even)
    bounds = [(0.0, None)] * len(methods)
    found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds).x
    return Mix(dict(zip(methods, found.tolist(), strict=True)), len(evidence))
