"""Histogram binning and isotonic regression: the share that was right, by how sure the model was.

Zadrozny and Elkan, "Obtaining calibrated probability estimates from decision trees and naive
Bayesian classifiers" (ICML 2001) and "Transforming classifier scores into accurate multiclass
probability estimates" (KDD 2002), of the top label against the others. `PRIOR_ANSWERS` made-up
answers, which come true exactly as the model says, stand beside people's.

An answer that may be wrong enters by an estimate of the truth that is right on average, with a
weight by how much it says (the backward correction of Patrini et al., CVPR 2017).
"""

from dataclasses import dataclass
from typing import Self

import numpy as np

from backend.calibration.calibrators.base import TopCalibrator
from backend.calibration.noisy_labels import NoisyLabels
from labeling.mathtypes import Floats

PRIOR_ANSWERS = 30
"""Made-up answers beside people's, spread over all that they answered."""

FEWEST_IN_BIN = 20
"""Answers that a bin holds at least."""

MOST_BINS = 15
"""Bins at most."""

SMALLEST = 1e-6
"""No probability is nearer to 0 or 1."""


@dataclass(frozen=True)
class Histogram(TopCalibrator):
    """Bins that hold equally many answers each; in a bin, a share of the model's own word is kept.

    Attributes:
        edges: Confidence from which on the next bin counts, ascending, shape (bins - 1,).
        kept: The factor of the model's own confidence, by bin, shape (bins,).
        added: What is added to that, by bin, shape (bins,).

    Example:
        >>> sure = np.log(np.tile([0.9, 0.1], (50, 1)))
        >>> answers = np.repeat([0, 1], [30, 20])  # right in 30 cases of 50
        >>> calibrator = Histogram.fit(NoisyLabels(sure, answers, np.ones(50)))
        >>> calibrator(sure[:1]).round(2).tolist()
        [[0.67, 0.33]]
    """

    name = "histogram"
    lists = frozenset({"edges", "kept", "added"})
    edges: tuple[float, ...]
    kept: tuple[float, ...]
    added: tuple[float, ...]

    def __post_init__(self) -> None:
        """Refuse bins that do not match."""
        if not len(self.edges) + 1 == len(self.kept) == len(self.added):
            raise ValueError("a histogram has one bin more than it has edges")

    @classmethod
    def fit(cls, noisy_labels: NoisyLabels) -> Self:
        """Fit the bins."""
        confidence = noisy_labels.confidence
        bins = int(np.clip(len(noisy_labels) // FEWEST_IN_BIN, 1, MOST_BINS))
        edges = np.unique(np.quantile(confidence, np.arange(1, bins) / bins))
        place = np.searchsorted(edges, confidence, side="right")
        right, weight = _estimates(noisy_labels)
        seen = np.bincount(place, weight, minlength=len(edges) + 1)
        came_true = np.bincount(place, weight * right, minlength=len(edges) + 1)
        prior = PRIOR_ANSWERS / (len(edges) + 1)
        kept, added = prior / (seen + prior), came_true / (seen + prior)
        return cls(len(noisy_labels), *(tuple(part.tolist()) for part in (edges, kept, added)))

    def top(self, confidence: Floats) -> Floats:
        """Calibrate; see `TopCalibrator`."""
        place = np.searchsorted(np.array(self.edges), confidence, side="right")
        blended: Floats = np.array(self.kept)[place] * confidence + np.array(self.added)[place]
        return np.clip(blended, SMALLEST, 1 - SMALLEST)


@dataclass(frozen=True)
class Isotonic(TopCalibrator):
    """A curve that never falls, through the shares that were right.

    Attributes:
        stated: Confidence, ascending, shape (points,).
        observed: What it comes to, shape (points,); linear between, constant beyond.

    Example:
        >>> sure = np.log(np.tile([0.9, 0.1], (50, 1)))
        >>> answers = np.repeat([0, 1], [30, 20])  # right in 30 cases of 50
        >>> calibrator = Isotonic.fit(NoisyLabels(sure, answers, np.ones(50)))
        >>> calibrator(sure[:1]).round(2).tolist()
        [[0.71, 0.29]]
    """

    name = "isotonic"
    lists = frozenset({"stated", "observed"})
    stated: tuple[float, ...]
    observed: tuple[float, ...]

    def __post_init__(self) -> None:
        """Refuse points that do not match."""
        if not self.stated or len(self.stated) != len(self.observed):
            raise ValueError("a curve has as many heights as points, and one at least")

    @classmethod
    def fit(cls, noisy_labels: NoisyLabels) -> Self:
        """Fit the curve."""
        # takes a second, which the service's start need not
        from sklearn.isotonic import IsotonicRegression  # type: ignore[import-untyped]

        confidence = noisy_labels.confidence
        right, weight = _estimates(noisy_labels)
        prior = PRIOR_ANSWERS / len(noisy_labels)
        blended = (weight * right + prior * confidence) / (weight + prior)
        curve = IsotonicRegression().fit(confidence, blended, sample_weight=weight + prior)
        points = (curve.X_thresholds_, curve.y_thresholds_)
        return cls(len(noisy_labels), *(tuple(map(float, axis)) for axis in points))

    def top(self, confidence: Floats) -> Floats:
        """Calibrate; see `TopCalibrator`."""
        curve: Floats = np.interp(confidence, self.stated, self.observed)
        return np.clip(curve, SMALLEST, 1 - SMALLEST)


def _estimates(noisy_labels: NoisyLabels) -> tuple[Floats, Floats]:
    """Estimate whether the model is right, right on average if not in [0, 1], and weigh that."""
    says = noisy_labels.trust - noisy_labels.by_mistake
    says_nothing = says <= 0
    right = (noisy_labels.agrees - noisy_labels.by_mistake) / np.where(says_nothing, 1.0, says)
    return np.where(says_nothing, 0.0, right), says**2
