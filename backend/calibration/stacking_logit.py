"""The logit that stacks class scores on what the LLM believes: its design, its fit, its judgement.

A multinomial logit over the LLM's log probabilities, its answer and the class scores, with normal
priors around "believe the LLM": few answers move it little (Wolpert, "Stacked Generalization",
1992). People's errors are allowed for as in `backend.calibration.calibrators`: the answers are
explained as the truth seen through noise of known strength (Patrini et al., "Making Deep Neural
Networks Robust to Label Noise", CVPR 2017).
"""

import numpy as np
from scipy.optimize import minimize
from scipy.special import softmax

from labeling.mathtypes import Floats

MOST_CONFUSED = 32
"""Labels up to which each has weights of its own; of more, few answers speak of each."""

SCORE_SCALE = 4.0
"""Nats that a class score of 1 stands for under the prior."""

SHARED_MEANS = np.array([0.0, 1.0, 1.0])
"""Prior means of the weights of the LLM's answer, its log probabilities and the class scores."""

SHARED_SPREADS = np.array([2.0, 1.0, 1.0])
"""Prior standard deviations of these weights; all others have 0 ± 1."""

LEAST_PROBABILITY = 1e-3
"""What the LLM thinks less likely counts as this."""

MOST_STEPS = 30
"""Steps of the logit's fit."""

TINY = 1e-300


def fit_logit(
    log_probabilities: Floats,
    scores: Floats,
    said: Floats,
    trust: Floats,
    start: Floats | None = None,
    weights: Floats | None = None,
) -> tuple[Floats, float]:
    """Fit the logit to answers.

    Args:
        log_probabilities: The LLM's, natural logs, shape (answers, labels).
        scores: Class scores that did not see the answers, shape (answers, labels).
        said: The share of each label in what people said, shape (answers, labels).
        trust: Probability that each answer is right, shape (answers,).
        start: Weights to begin at; None: the prior's means.
        weights: How much each answer counts, shape (answers,); None: all count 1.

    Returns:
        Its weights: three shared ones and, where labels are few, one shift a label and a row of
        labels for each feature that every label weighs in its own way; and the penalised loss, in
        nats.
    """
    counts = np.ones((len(said), 1)) if weights is None else weights[:, None]
    labels = log_probabilities.shape[1]
    shared, confusion = _design(log_probabilities, scores)
    by_mistake = ((1 - trust) / max(labels - 1, 1))[:, None]
    own = labels * (1 + confusion.shape[1]) if confusion.shape[1] else 0
    means = np.concatenate([SHARED_MEANS, np.zeros(own)])
    spreads = np.concatenate([SHARED_SPREADS, np.ones(own)])

    def loss(logit: Floats) -> tuple[float, Floats]:
        fitted = softmax(_logits(logit, shared, confusion), axis=1)
        believed = (trust[:, None] - by_mistake) * fitted
        likelihood = believed + by_mistake + TINY
        explained = counts * said * believed / likelihood
        residual = explained.sum(axis=1, keepdims=True) * fitted - explained
        distance = (logit - means) / spreads
        gradient = [np.tensordot(shared, residual, axes=2)]
        if own:
            gradient += [residual.sum(axis=0), (confusion.T @ residual).ravel()]
        value = -(counts * said * np.log(likelihood)).sum() + 0.5 * np.sum(distance**2)
        return float(value), np.concatenate(gradient) + distance / spreads

    begin = means if start is None else start
    found = minimize(loss, begin, jac=True, method="L-BFGS-B", options={"maxiter": MOST_STEPS})
    return found.x, float(found.fun)


def judge(weights: Floats, log_probabilities: Floats, scores: Floats) -> Floats:
    """Return what the logit believes of texts, as probabilities, shape (texts, labels).

    Args:
        weights: As `fit_logit` found them.
        log_probabilities: The LLM's, natural logs, shape (texts, labels).
        scores: The texts' class scores, shape (texts, labels).
    """
    judged: Floats = softmax(_logits(weights, *_design(log_probabilities, scores)), axis=1)
    return judged


def _answer(log_probabilities: Floats) -> Floats:
    """Return the LLM's answers as one-hot rows."""
    one_hot: Floats = np.eye(log_probabilities.shape[1])[log_probabilities.argmax(axis=1)]
    return one_hot


def _design(log_probabilities: Floats, scores: Floats) -> tuple[Floats, Floats]:
    """Return what the logit weighs.

    Returns:
        What is weighed alike for every label, shape (3, texts, labels): the LLM's answer, its log
        probabilities and the class scores; and what each label weighs in its own way, shape
        (texts, features), empty where there are many labels.
    """
    answer = _answer(log_probabilities)
    floored = np.maximum(log_probabilities, np.log(LEAST_PROBABILITY))
    scaled = scores * SCORE_SCALE
    shared = np.stack([answer, floored, scaled])
    if log_probabilities.shape[1] > MOST_CONFUSED:
        return shared, np.empty((len(answer), 0))
    top = np.clip(np.exp(log_probabilities.max(axis=1)), 0.02, 0.98)
    surety = np.log(top / (1 - top))
    return shared, np.concatenate([answer, answer * surety[:, None], scaled], axis=1)


def _logits(weights: Floats, shared: Floats, confusion: Floats) -> Floats:
    labels = shared.shape[2]
    weighed = np.asarray(np.tensordot(weights[:3], shared, axes=1), dtype=np.float64)
    if not confusion.shape[1]:
        return weighed
    own = weights[3 + labels :].reshape(confusion.shape[1], labels)
    return weighed + weights[3 : 3 + labels] + confusion @ own
