"""Worlds in which what a model states is a known distortion of the truth."""

import numpy as np
from numpy.typing import NDArray
from scipy.special import log_softmax, softmax

from backend.learning.noisy_labels import Evidence

Floats = NDArray[np.float64]


def world(
    answers: int, seed: int, slope: float = 1.0, shifts: tuple[float, ...] = (0, 0, 0)
) -> Evidence:
    """Log-probabilities, and right answers drawn from the distribution that they distort."""
    random = np.random.default_rng(seed)
    stated = log_softmax(random.normal(scale=2.0, size=(answers, len(shifts))), axis=1)
    truth = softmax(slope * stated + np.array(shifts), axis=1)
    labels = np.array([random.choice(len(shifts), p=row) for row in truth], dtype=np.intp)
    return Evidence(stated, labels, np.ones(answers))


def with_mistakes(truth: Evidence, reliability: Floats, seed: int) -> Evidence:
    """The answers as people give them who are right that often, and else name another label."""
    random = np.random.default_rng(seed)
    others = (truth.answers + random.integers(1, truth.labels, size=len(truth))) % truth.labels
    given = np.where(random.random(len(truth)) < reliability, truth.answers, others)
    return Evidence(truth.log_probabilities, given.astype(np.intp), reliability)


def trusted(evidence: Evidence) -> Evidence:
    """The same answers, each taken for right."""
    return Evidence(evidence.log_probabilities, evidence.answers, np.ones(len(evidence)))


def log_loss(evidence: Evidence, probabilities: Floats) -> float:
    return float(evidence.log_loss(probabilities).mean())


def stated_loss(evidence: Evidence) -> float:
    return log_loss(evidence, np.exp(evidence.log_probabilities))
