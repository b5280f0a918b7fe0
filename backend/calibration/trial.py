"""What was read from disk is tried before it answers: its parts fit, and probabilities come out."""

import numpy as np

from backend.calibration.calibration_pipeline import CalibrationPipeline
from backend.calibration.calibrators import Calibrator
from backend.calibration.log_odds import of_right
from labeling.mathtypes import Floats

_TRIED = (0.0, 0.001, 0.5, 0.999, 1.0)
"""Probabilities that a calibrator is tried on."""

_ROWS = 8
"""Beliefs that a pipeline is tried on: sure ones, and one that is wholly undecided."""


def require_calibrator(calibrator: Calibrator | None) -> None:
    """Try a calibrator of `[right, wrong]`; None needs no trial.

    Raises:
        ValueError: It does not give probabilities.
    """
    if calibrator is not None:
        with np.errstate(all="ignore"):
            _require_probabilities(calibrator(of_right(_TRIED)))


def require_pipeline(calibration: CalibrationPipeline | None, labels: int) -> None:
    """Try a pipeline on made-up beliefs about so many labels; None needs no trial.

    Args:
        calibration: What was read.
        labels: How many labels it is of.

    Raises:
        ValueError: Its parts do not fit each other, or it does not give probabilities.
    """
    if calibration is None:
        return
    probabilities = np.full((_ROWS, labels), 1e-6)
    np.fill_diagonal(probabilities, 1.0)
    probabilities[-1] = 1.0
    beliefs = np.log(probabilities / probabilities.sum(axis=1, keepdims=True))
    head = calibration.head
    embeddings = np.zeros((_ROWS, len(head.centre))) if head else None
    with np.errstate(all="ignore"):
        learners = dict.fromkeys(calibration.learners, np.exp(beliefs))
        _require_probabilities(calibration(beliefs, embeddings, learners))
        _require_probabilities(calibration.of_language_model(beliefs))


def _require_probabilities(found: Floats) -> None:
    if not (np.isfinite(found).all() and np.allclose(found.sum(axis=1), 1.0, atol=1e-3)):
        raise ValueError("what was fitted gives no probabilities")
