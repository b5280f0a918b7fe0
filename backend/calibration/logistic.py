"""Logistic regression of "the answer is right" on functions of its confidence, near the identity.

The slopes are positive, so that more confidence never means less. The fit is a maximum a posteriori
estimate with normal priors around slopes of 1 and a shift of 0.
"""

import numpy as np
from scipy.optimize import minimize
from scipy.special import expit

from backend.calibration.noisy_labels import TINY
from labeling.mathtypes import Floats

SPREAD = 0.5
"""Standard deviation, under the prior, of the slopes' logarithms, and of the shift in nats."""

EDGE = 1e-6
"""Confidence is kept so far from 0 and 1, where its log-odds are infinite."""


def fit_logistic(
    features: Floats, right: Floats, trust: Floats, by_mistake: Floats, weights: Floats
) -> tuple[tuple[float, ...], float]:
    """Fit slopes and shift: the log-odds of being right are `features @ slopes + shift`.

    Args:
        features: Functions of the confidence that sum to its log-odds, shape (answers, features).
        right: The share of people who agreed, shape (answers,): 1 or 0, but for opinions.
        trust: Probability that they agree where the answer is right, shape (answers,).
        by_mistake: Probability that they do where it is wrong, shape (answers,).
        weights: How often each counts, shape (answers,).

    Returns:
        The slopes, one a feature, and the shift.
    """

    def loss(parameters: Floats) -> tuple[float, Floats]:
        slopes, shift = np.exp(parameters[:-1]), parameters[-1]
        losses, pull = agreement_loss(features @ slopes + shift, right, trust, by_mistake)
        value = (weights * losses).sum() + 0.5 * np.sum((parameters / SPREAD) ** 2)
        residual = weights * pull
        gradient = np.append((residual @ features) * slopes, residual.sum())
        return float(value), gradient + parameters / SPREAD**2

    found = minimize(loss, np.zeros(features.shape[1] + 1), jac=True, method="L-BFGS-B").x
    return tuple(float(slope) for slope in np.exp(found[:-1])), float(found[-1])


def agreement_loss(
    log_odds: Floats, right: Floats, trust: Floats, by_mistake: Floats
) -> tuple[Floats, Floats]:
    """Judge log-odds of being right by who agreed, and may have erred.

    Args:
        log_odds: Natural, shape (answers,).
        right: The share of people who agreed, shape (answers,).
        trust: Probability that they agree where the answer is right, shape (answers,).
        by_mistake: Probability that they do where it is wrong, shape (answers,).

    Returns:
        Negative log-likelihoods in nats, and their derivatives by the log-odds, shape (answers,).
    """
    informative = trust - by_mistake
    fitted = expit(log_odds)
    agreed = by_mistake + informative * fitted
    losses: Floats = -right * np.log(agreed + TINY) - (1 - right) * np.log(1 - agreed + TINY)
    pull = right / (agreed + TINY) - (1 - right) / (1 - agreed + TINY)
    slopes: Floats = -pull * informative * fitted * (1 - fitted)
    return losses, slopes
