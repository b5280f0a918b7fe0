"""Draws of the true errors: what predicted errors may be off by, after the answers there are.

The log-odds of an error are taken to be `predicted + shift + tilt·(predicted - middle)`, since
calibration may have missed their level and their slope. Both have a normal prior around 0, which
answers make a posterior by Laplace's method: a few leave the draws wide apart, many leave them
close. People may slip, too, where the model is right. Pure.
"""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from routing.guarantee.audit_test import LEAST_ERROR, MOST_ERROR

Floats = NDArray[np.float64]

DRAWS = 40
"""Draws that plans and forecasts are made over."""

PRIOR_CALIBRATED = (0.7, 0.35)
"""Standard deviations of shift and tilt where the predictions learned from people's answers."""

OPTIMISM = 0.25
"""The shift that is expected once people reviewed by doubt: what looks safest is left open, and
looks safer than it is (as `python -m bench.forecast` shows)."""

PRIOR_RAW = (1.2, 0.5)
"""The same where nothing is known of how the model's own confidence errs."""

FLATTEST = -0.8
"""The least tilt: a more doubtful label is never the safer one."""

STEPS = 25


@dataclass(frozen=True, eq=False)
class ErrorDraws:
    """What the true errors may be.

    Attributes:
        offsets: Shift and tilt of each draw, shape (draws, 2).
        middle: The log-odds that a tilt turns about.
        slips: How often people's label is a mistake, beyond what was predicted, in each draw,
            shape (draws,).
    """

    offsets: Floats
    middle: float = 0.0
    slips: Floats = field(default_factory=lambda: np.zeros(1))

    def of(self, errors: Floats) -> Floats:
        """Return what predicted errors may truly be, shape (draws, tasks)."""
        logs = log_odds(errors)
        shift, tilt = self.offsets.T[:, :, None]
        true = probability(logs + shift + np.maximum(tilt, FLATTEST) * (logs - self.middle))
        return with_slips(true, np.resize(self.slips, len(true))[:, None])


AS_PREDICTED = ErrorDraws(np.zeros((1, 2)))
"""The predictions are right."""


@dataclass(frozen=True, eq=False)
class Calibration:
    """What is known of shift and tilt: a normal distribution.

    Attributes:
        mean: Shape (2,).
        precision: The inverse of the covariance, shape (2, 2).
        middle: The log-odds that a tilt turns about.
    """

    mean: Floats = field(default_factory=lambda: np.zeros(2))
    precision: Floats = field(default_factory=lambda: np.diag(1 / np.array(PRIOR_RAW) ** 2))
    middle: float = 0.0

    def draws(
        self, rng: np.random.Generator, count: int = DRAWS, slips: Floats | None = None
    ) -> ErrorDraws:
        """Draw what the true errors may be.

        Args:
            rng: Draws them.
            count: How many.
            slips: How often people's label is a mistake, in each draw; None: never.

        Returns:
            As many draws.
        """
        root = np.linalg.cholesky(np.linalg.inv(self.precision))
        offsets = self.mean + rng.standard_normal((count, 2)) @ root.T
        return ErrorDraws(offsets, self.middle, np.zeros(1) if slips is None else slips)

    def learned_from(self, predicted: Floats) -> "Calibration":
        """Return what is known of predictions that learned from answers, as the best fit to them.

        Args:
            predicted: What they say of the answered tasks, shape (answers,).
        """
        return Calibration(self.mean, self._with(predicted, predicted), self.middle)

    def once_picked(self) -> "Calibration":
        """Return what is known of what is left, once the most doubtful were reviewed."""
        return Calibration(np.array([OPTIMISM, 0.0]), self.precision, self.middle)

    def for_plans(self) -> "Calibration":
        """Return what plans are made over: spread as it is known, around what is predicted.

        Optimism is left to forecasts. Freezing too few labels cannot be mended; of too many, the
        most doubtful are reviewed beside the audits.
        """
        return Calibration(np.zeros(2), self.precision, self.middle)

    def after(self, predicted: Floats, wrong: Floats) -> "Calibration":
        """Return what is known once more answers came.

        Args:
            predicted: Their predicted errors, shape (answers,).
            wrong: 1 where the label was wrong, else 0, shape (answers,).

        Returns:
            The posterior, by Laplace's method.
        """
        if not len(predicted):
            return self
        design = _design(predicted, self.middle)
        base = log_odds(predicted)
        found = self.mean
        for _ in range(STEPS):
            q = probability(base + design @ found)
            slope = design.T @ (wrong - q) - self.precision @ (found - self.mean)
            step = np.linalg.solve(self._with(predicted, q), slope)
            found = found + np.clip(step, -1, 1)
            if np.abs(step).max() < 1e-6:
                break
        q = probability(base + design @ found)
        return Calibration(found, self._with(predicted, q), self.middle)

    def learned(
        self, true: ErrorDraws, taught: Floats, rng: np.random.Generator
    ) -> tuple[ErrorDraws, "Calibration"]:
        """Draw what the predictions will be corrected by, once more answers were learned from.

        Args:
            true: One draw of the true errors.
            taught: Predicted errors of the tasks that will be answered, shape (answers,).
            rng: Draws the answers' chance.

        Returns:
            What the model will then say, the nearer to the true errors, the more is answered, but
            for its optimism; and what is then known of how far it is off.
        """
        design = _design(taught, self.middle)
        q = ErrorDraws(true.offsets, self.middle).of(taught)[0]
        precision = self._with(taught, q)
        told = (precision - self.precision) @ (true.offsets[0] - self.mean)
        chance = design.T @ (np.sqrt(q * (1 - q)) * rng.standard_normal(len(taught)))
        offsets = np.linalg.solve(precision, told + chance)
        known = Calibration(self.mean, precision, self.middle)
        return ErrorDraws(offsets[None], self.middle), known

    def _with(self, predicted: Floats, q: Floats) -> Floats:
        """Return the precision after answers to tasks that are wrong with probabilities `q`."""
        design = _design(predicted, self.middle)
        total: Floats = self.precision + (design * (q * (1 - q))[:, None]).T @ design
        return total


def prior(errors: Floats, *, is_calibrated: bool) -> Calibration:
    """Return what is known of predictions before any answer.

    Args:
        errors: The predicted errors, shape (tasks,).
        is_calibrated: Whether they are calibrated on people's answers.

    Returns:
        The prior.
    """
    deviations = np.array(PRIOR_CALIBRATED if is_calibrated else PRIOR_RAW)
    middle = float(log_odds(errors).mean()) if len(errors) else 0.0
    return Calibration(np.zeros(2), np.diag(1 / deviations**2), middle)


def with_slips(errors: Floats, slips: Floats | float) -> Floats:
    """Return how often people contradict labels, given how often these are wrong.

    Args:
        errors: Probability that a label is wrong.
        slips: Probability that people's label is a mistake.

    Returns:
        Probabilities.
    """
    contradicted: Floats = errors + (1 - errors) * slips
    return contradicted


def _design(errors: Floats, middle: float) -> Floats:
    return np.stack([np.ones(len(errors)), log_odds(errors) - middle], axis=1)


def log_odds(probabilities: Floats) -> Floats:
    """Return natural log-odds of probabilities, which are kept away from certainty."""
    p = np.clip(probabilities, LEAST_ERROR, MOST_ERROR)
    logs: Floats = np.log(p / (1 - p))
    return logs


def probability(odds: Floats) -> Floats:
    """Return the probability of natural log-odds."""
    p: Floats = 1 / (1 + np.exp(-odds))
    return p
