"""Whether something is right: one probability, written as a belief about two outcomes."""

from collections.abc import Sequence

import numpy as np

from backend.calibration.calibrators import Calibrator
from labeling.mathtypes import Floats

NEVER_CERTAIN = 1e-12
"""No probability that is calibrated is nearer to 0 or 1 than this."""


def of_right(probabilities: Sequence[float]) -> Floats:
    """Write probabilities of being right as natural logs of `[right, wrong]`, shape (n, 2)."""
    p = np.clip(np.asarray(probabilities, dtype=np.float64), NEVER_CERTAIN, 1 - NEVER_CERTAIN)
    both: Floats = np.log(np.stack([p, 1 - p], axis=1))
    return both


def calibrated(calibrator: Calibrator | None, probabilities: Sequence[float]) -> list[float]:
    """Calibrate the probabilities that several things are right.

    Args:
        calibrator: Calibrates `[right, wrong]`; None: they stay as they are.
        probabilities: One per thing, in [0, 1].

    Returns:
        The calibrated probabilities, in [0, 1], in order.

    Example:
        >>> from backend.calibration.calibrators.scaling import Temperature
        >>> calibrated(Temperature(answers=50, slope=1.0), [0.25])
        [0.25]
    """
    if calibrator is None or not probabilities:
        return [float(p) for p in probabilities]
    right = calibrator(of_right(probabilities))[:, 0]
    return [float(p) for p in np.clip(right, 0.0, 1.0)]
