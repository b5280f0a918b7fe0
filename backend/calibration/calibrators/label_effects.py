"""Label effects: how much more, or less, a model is right where it names this label.

For many labels, of which each has few answers. The log-odds that the top label is right are a line
in the model's own, plus an effect of that label: a random intercept with a normal prior around 0,
so that a label which few answers speak of is treated nearly as all others are (Gelman and Hill,
*Data Analysis Using Regression and Multilevel/Hierarchical Models*, 2007, chapter 14).
"""

from dataclasses import dataclass
from typing import Self

import numpy as np
from scipy.optimize import minimize
from scipy.special import expit, logit

from backend.calibration.calibrators.base import Calibrator
from backend.calibration.logistic import EDGE, SPREAD, agreement_loss
from backend.calibration.noisy_labels import NoisyLabels
from backend.confidence.rescale_top import with_top
from labeling.mathtypes import Floats

EFFECT_SPREAD = 0.6
"""Standard deviation, under the prior, of each label's effect, in nats."""


@dataclass(frozen=True)
class LabelEffects(Calibrator):
    """A line in the log-odds of the top label, and an effect of which label that is.

    Attributes:
        slope: Factor of the log-odds.
        shift: What is added to them, in nats.
        effects: What is added where a label is the top one, in nats, shape (labels,).

    Example:
        >>> sure = np.log(np.repeat([[0.9, 0.1], [0.1, 0.9]], 30, axis=0))
        >>> answers = np.repeat([0, 1, 0], [30, 20, 10])  # always right of the first label
        >>> calibrator = LabelEffects.fit(NoisyLabels(sure, answers, np.ones(60)))
        >>> calibrator(sure[[0, -1]]).max(axis=1).round(2).tolist()
        [0.93, 0.74]
    """

    name = "label effects"
    lists = frozenset({"effects"})
    slope: float
    shift: float
    effects: tuple[float, ...]

    @classmethod
    def fit(cls, noisy_labels: NoisyLabels) -> Self:
        """Fit line and effects."""
        labels = noisy_labels.labels
        log_odds, top = _log_odds(noisy_labels.confidence), noisy_labels.top
        said = (noisy_labels.agrees, noisy_labels.trust, noisy_labels.by_mistake)
        spreads = np.r_[SPREAD, SPREAD, np.full(labels, EFFECT_SPREAD)]

        def loss(parameters: Floats) -> tuple[float, Floats]:
            slope, shift, effects = np.exp(parameters[0]), parameters[1], parameters[2:]
            losses, pull = agreement_loss(slope * log_odds + shift + effects[top], *said)
            distance = parameters / spreads
            by_label = np.bincount(top, pull, minlength=labels)
            gradient = np.r_[slope * (pull @ log_odds), pull.sum(), by_label]
            return float(losses.sum() + 0.5 * (distance @ distance)), gradient + distance / spreads

        found = minimize(loss, np.zeros(labels + 2), jac=True, method="L-BFGS-B").x
        return cls(
            len(noisy_labels),
            float(np.exp(found[0])),
            float(found[1]),
            tuple(float(f"{effect:.6g}") for effect in found[2:]),
        )

    def __call__(self, log_probabilities: Floats) -> Floats:
        """Calibrate; see `Calibrator`. The other labels share the rest as before."""
        top = log_probabilities.argmax(axis=1)
        confidence = np.exp(log_probabilities.max(axis=1))
        moved = self.slope * _log_odds(confidence) + self.shift + np.array(self.effects)[top]
        return with_top(np.exp(log_probabilities), expit(moved))


def _log_odds(confidence: Floats) -> Floats:
    log_odds: Floats = logit(np.clip(confidence, EDGE, 1 - EDGE))
    return log_odds
