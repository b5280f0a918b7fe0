"""What was held out of learning, in the words of the HTTP contract."""

from collections.abc import Mapping, Sequence

from labeling.predictions.prediction import UNCALIBRATED, Prediction
from labeling.protocol.learn import HeldOutPart, HeldOutResult

LEAST = 0.001
"""What is less probable is left out of a distribution: of a thousand labels a few say all."""


def held_out_results(
    texts: Sequence[str], predictions: Mapping[str, Prediction]
) -> list[HeldOutResult | None]:
    """Write what is believed of answered texts.

    Args:
        texts: The text of each answer.
        predictions: What is believed of each text that something is believed of.

    Returns:
        One per answer, in order; empty where nothing is believed of any.
    """
    if not predictions:
        return []
    results = {text: _result(prediction) for text, prediction in predictions.items()}
    return [results.get(text) for text in texts]


def _result(prediction: Prediction) -> HeldOutResult:
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
