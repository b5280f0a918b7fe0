"""What answers teach: calibrator, second opinion and last step, each judged out of fold. Pure."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from backend.calibration import covariate_shift, stacked_head
from backend.calibration.calibration_pipeline import CalibrationPipeline
from backend.calibration.calibrators import methods_for
from backend.calibration.noisy_labels import NoisyLabels
from backend.calibration.stacked_head import StackedHead
from backend.calibration.stacking_logit import MOST_CONFUSED
from backend.learning import selection
from backend.learning.material import Texts
from backend.learning.report import quality
from backend.learning.selection import compare
from labeling.mathtypes import Floats

FEWEST_ANSWERS = 10
"""Answers below which nothing is fitted."""

FEWEST_FOR_OPINION = 100
"""Answers below which the second opinion is not asked: that it wins out of fold on so few says
little of how it does on fresh texts."""


@dataclass(frozen=True, slots=True)
class CalibrationFit:
    """What was fitted.

    Attributes:
        calibration: What predictions are made by.
        report: The figures behind it, in JSON's types.
    """

    calibration: CalibrationPipeline
    report: dict[str, Any]


def fit_all(
    noisy_labels: NoisyLabels,
    embeddings: Floats | None,
    open_: Texts | None,
    *,
    is_symmetric: bool = False,
) -> CalibrationFit:
    """Fit everything, and judge it on answers that it did not see.

    Args:
        noisy_labels: The answers, `FEWEST_ANSWERS` at least.
        embeddings: Of the answered texts, shape (answers, dims); None: there are none.
        open_: A sample of what is still to be answered; None: there is none.
        is_symmetric: Whether no label may be treated otherwise than another.

    Returns:
        The calibration pipeline, and the figures behind it.
    """
    methods = methods_for(noisy_labels.labels, is_symmetric=is_symmetric)
    choice = selection.choose(noisy_labels, methods)
    out_of_fold = choice.out_of_fold
    calibration = CalibrationPipeline(choice.calibrator)
    second, others, verdict = _stacked_head(noisy_labels, embeddings, out_of_fold, is_symmetric)
    if second:
        out_of_fold = others
        calibration = replace(calibration, head=second, needs_embedding=embeddings is not None)
    still_open = None
    if open_:
        believed = calibration(open_.log_probabilities, open_.embeddings)
        last = covariate_shift.fit(noisy_labels.with_beliefs(out_of_fold), believed.max(axis=1))
        calibration = replace(calibration, shift=last)
        still_open = _open_report(calibration, open_)
    return CalibrationFit(
        calibration,
        {
            "chosen": {"log_loss": dict(choice.log_loss), "why": choice.why},
            "second_opinion": verdict,
            "before": quality(noisy_labels, np.exp(noisy_labels.log_probabilities)).to_json(),
            "after": quality(noisy_labels, out_of_fold).to_json(),
            "open": still_open,
        },
    )


def _stacked_head(
    noisy_labels: NoisyLabels, embeddings: Floats | None, out_of_fold: Floats, is_symmetric: bool
) -> tuple[StackedHead | None, Floats, dict[str, Any]]:
    """Return the second opinion where it is worth its place, what it says out of fold, and why."""
    if is_symmetric:
        return None, out_of_fold, {"is_used": False, "why": "it would prefer a side"}
    if len(noisy_labels) < FEWEST_FOR_OPINION:
        return (
            None,
            out_of_fold,
            {"is_used": False, "why": f"fewer than {FEWEST_FOR_OPINION} answers"},
        )
    if embeddings is None and noisy_labels.labels > MOST_CONFUSED:
        return None, out_of_fold, {"is_used": False, "why": "it has nothing more to go by"}
    fitted, others = stacked_head.fit(
        noisy_labels.log_probabilities,
        embeddings,
        noisy_labels.answers,
        noisy_labels.reliability,
        noisy_labels.shares,
    )
    comparison = compare(noisy_labels.log_loss(out_of_fold), noisy_labels.log_loss(others))
    verdict = {
        "is_used": comparison.is_better,
        "gain": comparison.gain,
        "standard_error": comparison.standard_error,
        "why": f"against the calibrated language model: {comparison}",
    }
    return fitted if comparison.is_better else None, others, verdict


def _open_report(calibration: CalibrationPipeline, open_: Texts) -> dict[str, Any]:
    believed = calibration(open_.log_probabilities, open_.embeddings)
    return {
        "texts": len(believed),
        "expected_error": float(1 - believed.max(axis=1).mean()),
        "last_step": calibration.shift and calibration.shift.to_json(),
    }
