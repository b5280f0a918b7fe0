"""An engine that is there at once and scores two labels by a number that each text holds."""

import re
from collections.abc import Sequence

import numpy as np

from backend.engines import Request, Scored
from labeling.errors import EngineError
from labeling.mathtypes import Floats
from tests.support.even_engine import EvenEngine

_SIGNAL = re.compile(r"Signal (-?\d+\.\d+)")


def text_of(number: int, signal: float) -> str:
    """A text of its own that the engine finds so many nats more probable to be the first label."""
    return f"Signal {signal:.2f} of text {number}."


class SignalEngine(EvenEngine):
    """Finds the first label as many nats more probable than the second as the text says.

    Attributes:
        asked: How many texts it scored.
    """

    name = "signal"
    digest = "5" * 64

    def __init__(self) -> None:
        self.asked = 0

    def loglikelihood(self, requests: Sequence[Request]) -> list[Scored | EngineError]:
        self.asked += len(requests)
        return [Scored(_scores(one.context.text)) for one in requests]


def _scores(context: str) -> Floats:
    found = _SIGNAL.findall(context)
    return np.array([float(found[-1]) if found else 0.0, 0.0])
