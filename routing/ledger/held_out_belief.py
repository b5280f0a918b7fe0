"""What the ledger remembers of a belief that is out of fold."""

from collections.abc import Mapping
from dataclasses import dataclass

from aggregation.beliefs import PartBelief


@dataclass(frozen=True, slots=True)
class HeldOutBelief:
    """What the model believes of a task that it learned from, by what the other tasks teach.

    Attributes:
        model_version: The version that learned from the task; the belief is not its prediction.
        answer: A `Candidate.value`.
        confidence: Probability that the answer is right.
        calibrated: Whether people's answers stand behind the confidence.
        parts: What is believed of each control's answer, by its name.
    """

    task: int
    model_version: str
    answer: str
    confidence: float
    calibrated: bool
    parts: Mapping[str, PartBelief]
