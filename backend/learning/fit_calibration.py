"""What answers teach: calibrator, second opinion and last step, each judged out of fold. Pure."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from backend.learning import covariate_shift, selection, stacked_head
from backend.learning.calibration_pipeline import Judgement
from backend.learning.calibrators import methods_for
from backend.learning.noisy_labels import Evidence, Floats
from backend.learning.report import quality
from backend.learning.selection import compare
from backend.learning.stacked_head import Opinion

FEWEST_ANSWERS = 10
"""Answers below which nothing is fitted."""

FEWEST_FOR_OPINION = 100
"""Answers below which the second opinion is not asked: that it wins out of fold on so few says
little of how it does on fresh texts."""


@dataclass(frozen=True, slots=True)
class Open:
    """Texts that nobody answered yet: a sample of them, one at least.

    Attributes:
        log_probabilities: The model's natural-log probabilities, shape (texts, labels).
        embeddings: Shape (texts, dims); None: there are none.
    """

    log_probabilities: Floats
    embeddings: Floats | None


@dataclass(frozen=True, slots=True)
class Fitted:
    """What was fitted.

    Attributes:
        judgement: What predictions are made by.
        report: The figures behind it, in JSON's types.
    """

    judgement: Judgement
    report: dict[str, Any]


def fit_all(
    evidence: Evidence,
    embeddings: Floats | None,
    open_: Open | None,
    *,
    is_symmetric: bool = False,
) -> Fitted:
    """Fit everything, and judge it on answers that it did not see.

    Args:
        evidence: The answers, `FEWEST_ANSWERS` at least.
        embeddings: Of the answered texts, shape (answers, dims); None: there are none.
        open_: What is still to be answered; None: unknown.
        is_symmetric: Whether no label may be treated otherwise than another.
    """
    methods = methods_for(evidence.labels, is_symmetric=is_symmetric)
    choice = selection.choose(evidence, methods)
    crossed = choice.crossed
    judgement = Judgement(choice.calibrator)
    second, others, verdict = _second_opinion(evidence, embeddings, crossed, is_symmetric)
    if second:
        crossed = others
        judgement = replace(judgement, opinion=second, needs_embedding=embeddings is not None)
    still_open = None
    if open_:
        believed = judgement(open_.log_probabilities, open_.embeddings)
        last = covariate_shift.fit(evidence.believing(crossed), believed.max(axis=1))
        judgement = replace(judgement, shift=last)
        still_open = _open_report(judgement, open_)
    return Fitted(
        judgement,
        {
            "chosen": {"log_loss": dict(choice.log_loss), "why": choice.why},
            "second_opinion": verdict,
            "before": quality(evidence, np.exp(evidence.log_probabilities)).to_json(),
            "after": quality(evidence, crossed).to_json(),
            "open": still_open,
        },
    )


def _second_opinion(
    evidence: Evidence, embeddings: Floats | None, crossed: Floats, is_symmetric: bool
) -> tuple[Opinion | None, Floats, dict[str, Any]]:
    """Give the second opinion where it is worth its place, what it says out of fold, and why."""
    if is_symmetric:
        return None, crossed, {"is_used": False, "why": "it would prefer a side"}
    if len(evidence) < FEWEST_FOR_OPINION:
        return None, crossed, {"is_used": False, "why": f"fewer than {FEWEST_FOR_OPINION} answers"}
    fitted, others = stacked_head.fit(
        evidence.log_probabilities, embeddings, evidence.answers, evidence.reliability
    )
    comparison = compare(evidence.log_loss(crossed), evidence.log_loss(others))
    verdict = {
        "is_used": comparison.is_better,
        "gain": comparison.gain,
        "standard_error": comparison.standard_error,
        "why": f"against the calibrated language model: {comparison}",
    }
    return fitted if comparison.is_better else None, others, verdict


def _open_report(judgement: Judgement, open_: Open) -> dict[str, Any]:
    believed = judgement(open_.log_probabilities, open_.embeddings)
    return {
        "texts": len(believed),
        "expected_error": float(1 - believed.max(axis=1).mean()),
        "last_step": judgement.shift and judgement.shift.to_json(),
    }
