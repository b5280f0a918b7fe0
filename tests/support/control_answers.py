"""Answers to control tasks, as hand-made as a test needs them."""

from datetime import datetime, timedelta

from aggregation.quality.control_answers import ControlAnswer
from tests.support.observed_tasks import NOON


def answered(
    worker: int, said: str, *, begin: datetime = NOON, probability: float = 1.0
) -> list[ControlAnswer]:
    """Somebody's answers to control tasks, a minute each.

    Args:
        worker: Who answered.
        said: A letter an answer: `+` it is right, `-` it is not.
        begin: When the first was given.
        probability: The probability that each known answer is right.
    """
    return [
        ControlAnswer(
            worker,
            number,
            "positive" if one == "+" else "negative",
            one == "+",
            probability,
            begin + timedelta(minutes=number),
        )
        for number, one in enumerate(said)
    ]
