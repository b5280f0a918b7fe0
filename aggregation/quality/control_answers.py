"""What people said of items whose answer is known: the evidence that decides about them."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class ControlAnswer:
    """Somebody's answer to a control task.

    Attributes:
        worker: Who gave it.
        control: The control task's number.
        answer: What they said, the form's answer.
        is_right: Whether it is accepted.
        probability: The probability that the known answer is right.
        at: When it was given.
    """

    worker: int
    control: int
    answer: str
    is_right: bool
    probability: float
    at: datetime
