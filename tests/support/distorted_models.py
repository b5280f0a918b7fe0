"""Worlds in which what a model states is a known distortion of the truth."""

import numpy as np
from scipy.special import log_softmax, softmax

from backend.calibration.noisy_labels import NoisyLabels
from labeling.mathtypes import Floats


def world(
    answers: int, seed: int, slope: float = 1.0, shifts: tuple[float, ...] = (0, 0, 0)
) -> NoisyLabels:
    """Log-probabilities, and right answers drawn from the distribution that they distort."""
    random = np.random.default_rng(seed)
    stated = log_softmax(random.normal(scale=2.0, size=(answers, len(shifts))), axis=1)
    truth = softmax(slope * stated + np.array(shifts), axis=1)
    labels = np.array([random.choice(len(shifts), p=row) for row in truth], dtype=np.intp)
    return NoisyLabels(stated, labels, np.ones(answers))


def with_mistakes(truth: NoisyLabels, reliability: Floats, seed: int) -> NoisyLabels:
    """The answers as people give them who are right that often, and else name another label."""
    random = np.random.default_rng(seed)
    others = (truth.answers + random.integers(1, truth.labels, size=len(truth))) % truth.labels
    given = np.where(random.random(len(truth)) < reliability, truth.answers, others)
    return NoisyLabels(truth.log_probabilities, given.astype(np.intp), reliability)


def trusted(noisy_labels: NoisyLabels) -> NoisyLabels:
    """The same answers, each taken for right."""
    return NoisyLabels(
        noisy_labels.log_probabilities, noisy_labels.answers, np.ones(len(noisy_labels))
    )


def log_loss(noisy_labels: NoisyLabels, probabilities: Floats) -> float:
    return float(noisy_labels.log_loss(probabilities).mean())


def stated_loss(noisy_labels: NoisyLabels) -> float:
    return log_loss(noisy_labels, np.exp(noisy_labels.log_probabilities))
