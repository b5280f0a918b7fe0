"""How good predictions are on answers that they did not see, each figure with its interval.

Intervals are of 95%, from `DRAWS` bootstrap draws of the answers under a fixed seed: all that lies
in the percentile or in the basic interval (Davison and Hinkley, *Bootstrap Methods and their
Application*, 1997). ECE, a mean of absolute gaps, is above 0 by chance alone; its interval begins
at 0 where confidence that comes true exactly would show as much (the consistency resampling of
Bröcker and Smith, "Increasing the reliability of reliability diagrams", 2007).
"""

from dataclasses import asdict, dataclass

import numpy as np

from backend.calibration.noisy_labels import NoisyLabels
from labeling.mathtypes import Bools, Floats, Indices
from labeling.metrics import auroc, bin_of, expected_calibration_error

DRAWS = 200
"""Bootstrap draws behind an interval."""


@dataclass(frozen=True, slots=True)
class IntervalEstimate:
    """One figure with its interval of 95%; None where it has no value."""

    value: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class QualityReport:
    """How good predictions are.

    Attributes:
        accuracy: Share of the answers that the predictions agree with; of opinions, of people.
        log_loss: Nats an answer, allowing for the answers' own errors.
        ece: Expected calibration error.
        auroc: How well confidence ranks agreement above disagreement.
    """

    accuracy: IntervalEstimate
    log_loss: IntervalEstimate
    ece: IntervalEstimate
    auroc: IntervalEstimate

    def to_json(self) -> dict[str, dict[str, float | None]]:
        """Write it as JSON's types."""
        return asdict(self)


def quality(noisy_labels: NoisyLabels, probabilities: Floats) -> QualityReport:
    """Judge predictions by answers that they did not see.

    Args:
        noisy_labels: The answers.
        probabilities: The predictions, shape (answers, labels).

    Returns:
        Each figure with its interval.
    """
    confidence = np.minimum(probabilities.max(axis=1), 1.0)
    right = probabilities.argmax(axis=1) == noisy_labels.answers
    agrees = noisy_labels.with_beliefs(probabilities).agrees
    loss = noisy_labels.log_loss(probabilities)
    drawn = _drawn(confidence, agrees, right, loss)
    return QualityReport(
        accuracy=_figure(float(agrees.mean()), drawn[:, 0]),
        log_loss=_figure(float(loss.mean()), drawn[:, 1], most=np.inf),
        ece=_figure(
            expected_calibration_error(confidence, agrees),
            drawn[:, 2],
            by_chance=_ece_by_chance(confidence),
        ),
        auroc=_figure(auroc(confidence, right), drawn[:, 3]),
    )


def _figure(
    value: float, draws: Floats, most: float = 1.0, by_chance: float = 0.0
) -> IntervalEstimate:
    draws = draws[np.isfinite(draws)]
    if not np.isfinite(value) or not len(draws):
        return IntervalEstimate(None, None, None)
    quantiles = np.quantile(draws, [0.025, 0.975])
    ends = np.clip([*quantiles, *(2 * value - quantiles), value], 0, most)
    return IntervalEstimate(
        value, 0.0 if value <= by_chance else float(ends.min()), float(ends.max())
    )


def _ece_by_chance(confidence: Floats) -> float:
    """Return the ECE that 97.5% of the draws stay below where confidence comes true exactly."""
    random = np.random.default_rng(0)
    came_true = (random.random(len(confidence)) < confidence for _ in range(DRAWS))
    drawn = [expected_calibration_error(confidence, right) for right in came_true]
    return float(np.quantile(drawn, 0.975))


def _drawn(confidence: Floats, agrees: Floats, right: Bools, loss: Floats) -> Floats:
    """Return accuracy, log loss, ECE and AUROC of every draw, shape (draws, 4)."""
    answers = len(loss)
    random = np.random.default_rng(0)
    place = bin_of(confidence)
    order = np.argsort(confidence, kind="stable")
    ties = np.flatnonzero(np.diff(confidence[order], prepend=-1.0))
    drawn = np.empty((DRAWS, 4))
    for row in drawn:
        times = np.bincount(random.integers(answers, size=answers), minlength=answers)
        gaps = np.bincount(place, times * (confidence - agrees))
        row[:] = (
            times @ agrees / answers,
            times @ loss / answers,
            np.abs(gaps).sum() / answers,
            _ranked(times[order], right[order], ties),
        )
    return drawn


def _ranked(times: Indices, right: Bools, ties: Indices) -> float:
    """Return AUROC of answers by ascending confidence; NaN where all are right, or all wrong.

    Args:
        times: How often each answer counts, shape (answers,).
        right: Whether it was right, shape (answers,).
        ties: Where each run of equal confidence begins.
    """
    rights = np.add.reduceat(times * right, ties)
    wrongs = np.add.reduceat(times * ~right, ties)
    pairs = rights.sum() * wrongs.sum()
    below = np.cumsum(wrongs) - wrongs
    return float((rights * (below + wrongs / 2)).sum() / pairs) if pairs else float("nan")
