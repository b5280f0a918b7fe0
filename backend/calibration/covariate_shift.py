"""The last step: confidence that comes true for the texts that nobody answered yet.

People were given what was doubtful, so a fit to their answers serves doubtful texts best. Here each
answer counts as often as its like is among the open texts: bins over the confidence, the share of
the open over the share of the answered (importance weights under covariate shift: Shimodaira,
"Improving predictive inference under covariate shift by weighting the log-likelihood function",
JSPI 2000). What is fitted is a line in log-odds, held near the identity where few answers count,
and taken only where it helps answers that it did not see.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import expit, logit

from backend.calibration.logistic import EDGE, fit_logistic
from backend.calibration.noisy_labels import TINY, NoisyLabels, folds
from backend.confidence.rescale_top import with_top
from labeling.json_values import count, number, record
from labeling.mathtypes import Floats

FEWEST_ANSWERS = 100
"""Answers below which nothing is fitted."""

FEWEST_OPEN = 30
"""Open texts below which nothing is fitted."""

BINS = 10
"""Bins of the confidence, each with as many of the open texts."""

HEAVIEST = 10.0
"""A weight is at most this; above, single answers would decide."""


@dataclass(frozen=True, slots=True)
class ShiftCorrection:
    """A line in the log-odds of the answer's probability.

    Attributes:
        slope: Its slope.
        offset: What is added, in nats.
        answers: Answers that it was fitted on.
        open_texts: Open texts that these were made to resemble.
        effective: How many answers the weighted ones are worth.

    Example:
        >>> shift = ShiftCorrection(0.5, 0.0, answers=120, open_texts=400, effective=60.0)
        >>> shift(np.array([[0.9, 0.1]])).round(2).tolist()
        [[0.75, 0.25]]
    """

    slope: float
    offset: float
    answers: int
    open_texts: int
    effective: float

    @property
    def description(self) -> str:
        """What it matches, for a prediction's provenance."""
        return f"matched to {self.open_texts} open texts"

    def __call__(self, probabilities: Floats) -> Floats:
        """Recalibrate every row's top label; for the others see `with_top`.

        Args:
            probabilities: Shape (texts, labels).

        Returns:
            Probabilities that sum to 1, shape (texts, labels).
        """
        log_odds = _log_odds(probabilities.max(axis=1))
        return with_top(probabilities, expit(self.slope * log_odds + self.offset))

    def to_json(self) -> dict[str, Any]:
        """Write it as JSON's types."""
        return {name: getattr(self, name) for name in self.__slots__}

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> "ShiftCorrection":
        """Read what `to_json` wrote.

        Raises:
            ValueError: It did not.
        """
        found = record(content, *cls.__slots__)
        return cls(
            slope=number(found["slope"]),
            offset=number(found["offset"]),
            answers=count(found["answers"]),
            open_texts=count(found["open_texts"]),
            effective=number(found["effective"]),
        )


def fit(believed: NoisyLabels, open_confidence: Floats) -> ShiftCorrection | None:
    """Fit the last step; None where answers or open texts are few, or where it does not help.

    It helps where its weighted log loss on answers that it did not see is lower than without it, by
    more than the standard error.

    Args:
        believed: The answers, with the log-probabilities of predictions that did not see them.
        open_confidence: The predictions' confidence of the open texts, shape (open texts,).

    Returns:
        The last step; None: confidence stays as it is.
    """
    if len(believed) < FEWEST_ANSWERS or len(open_confidence) < FEWEST_OPEN:
        return None
    if believed.labels == 1:
        return None
    weights = importance(believed.confidence, open_confidence)
    gains = np.empty(len(believed))
    part = folds(len(believed))
    for fold in np.unique(part):
        held = part == fold
        slope, offset = _line(believed.part(~held), weights[~held])
        gains[held] = _loss(believed.part(held)) - _loss(believed.part(held), slope, offset)
    gain = np.average(gains, weights=weights)
    standard_error = np.sqrt(np.sum((weights * (gains - gain)) ** 2)) / weights.sum()
    if gain <= standard_error:
        return None
    slope, offset = _line(believed, weights)
    return ShiftCorrection(slope, offset, len(believed), len(open_confidence), _effective(weights))


def _line(believed: NoisyLabels, weights: Floats) -> tuple[float, float]:
    (slope,), offset = fit_logistic(
        _log_odds(believed.confidence)[:, None],
        believed.agrees,
        believed.trust,
        believed.by_mistake,
        # Together they count as what they are worth, so that few are held to the identity.
        weights * _effective(weights) / weights.sum(),
    )
    return slope, offset


def _loss(believed: NoisyLabels, slope: float = 1.0, offset: float = 0.0) -> Floats:
    """Return the negative log-likelihood of each agreement or disagreement, shape (answers,)."""
    confidence = expit(slope * _log_odds(believed.confidence) + offset)
    agreed = believed.by_mistake + (believed.trust - believed.by_mistake) * confidence
    shared = believed.agrees
    loss: Floats = -shared * np.log(agreed + TINY) - (1 - shared) * np.log(1 - agreed + TINY)
    return loss


def _effective(weights: Floats) -> float:
    """Return how many answers of equal weight these are worth (Kish, *Survey Sampling*, 1965)."""
    return float(weights.sum() ** 2 / (weights**2).sum())


def importance(answered: Floats, open_: Floats) -> Floats:
    """Weigh answers so that their confidence is spread as that of the open texts.

    Args:
        answered: Confidence of the answered texts, shape (answers,).
        open_: Confidence of the open texts, shape (open texts,).

    Returns:
        Weights in (0, `HEAVIEST`], shape (answers,); 1 where both are as frequent.
    """
    edges = np.unique(np.quantile(open_, np.arange(1, BINS) / BINS))
    bins = len(edges) + 1
    place = np.searchsorted(edges, answered, side="right")
    among_open = np.bincount(np.searchsorted(edges, open_, side="right"), minlength=bins)
    among_answered = np.bincount(place, minlength=bins)
    ratio = (among_open + 1) / (len(open_) + bins) * (len(answered) + bins) / (among_answered + 1)
    weights: Floats = np.minimum(ratio, HEAVIEST)[place]
    return weights


def _log_odds(confidence: Floats) -> Floats:
    log_odds: Floats = logit(np.clip(confidence, EDGE, 1 - EDGE))
    return log_odds
