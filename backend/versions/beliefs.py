"""What a version believes of answered texts, in the words of the HTTP contract and on disk."""

from collections.abc import Mapping
from typing import TypeAlias

from labeling.predictions.prediction import UNCALIBRATED, Prediction
from labeling.protocol.learn import HeldOutPart, HeldOutResult

LEAST = 0.001
"""What is less probable is left out of a distribution: of a thousand labels a few say all."""

Beliefs: TypeAlias = Mapping[str, HeldOutResult | None]
"""By text; None: it was learned from, and nothing is known of it without its answer."""


def belief_of(prediction: Prediction) -> HeldOutResult:
    """Return what a prediction says, without what is hardly possible."""
    return HeldOutResult(
        answer=prediction.answer,
        confidence=round(prediction.confidence, 6),
        calibrated=prediction.calibrator != UNCALIBRATED,
        parts={
            name: HeldOutPart(
                confidence=round(part.confidence, 6),
                distribution={
                    label: round(p, 6) for label, p in part.distribution.items() if p >= LEAST
                },
            )
            for name, part in prediction.parts.items()
        },
    )
