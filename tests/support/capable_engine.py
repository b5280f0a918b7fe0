"""An engine that can do everything and answers as a test says, without a model."""

import json
from collections.abc import Callable, Sequence

import numpy as np

from backend.confidence.methods import ConfidenceMethod, LabelBelief
from backend.engines import Ability, Engine, GenerateRequest, Generation, Request, Scored
from backend.engines.model_client import ModelClient
from backend.engines.steps import run
from labeling.errors import EngineError, TandemError

Write = Callable[[GenerateRequest], str]


def first_label(request: GenerateRequest) -> str:
    """Write the first label, in the form that the schema asks for."""
    if request.schema is None:
        return " positive"
    wanted = json.loads(request.schema)["properties"]
    stated = {"confidence": 80} if "confidence" in wanted else {}
    return json.dumps({"label": wanted["label"]["enum"][0], **stated})


class AbleEngine(Engine):
    """Scores each continuation by its place, and writes what it is told to.

    Args:
        write: What it writes.
        scores: Log-probabilities of the continuations.
        lacks: What it cannot do after all.
        missing: What it says that it may have kept.
    """

    name = "able"
    digest = "2" * 64

    def __init__(
        self,
        write: Write = first_label,
        scores: Sequence[float] = (-0.5, -1.5),
        lacks: frozenset[Ability] = frozenset(),
        missing: float = 0.0,
    ) -> None:
        self.abilities = frozenset(Ability) - lacks
        self.asked: list[GenerateRequest] = []
        self._write = write
        self._scores = scores
        self._missing = missing

    def loglikelihood(self, requests: Sequence[Request]) -> list[Scored | EngineError]:
        return [Scored(np.array(self._scores), missing=self._missing) for _ in requests]

    def generate(self, requests: Sequence[GenerateRequest]) -> list[Generation | EngineError]:
        self.asked += requests
        return [Generation(self._write(one), np.log([0.8, 0.9])) for one in requests]


def ask(
    method: ConfidenceMethod, texts: Sequence[str], engine: Engine
) -> list[LabelBelief | TandemError]:
    """Let a method ask an engine about texts."""
    return run(method.steps(texts, lambda: engine.abilities), model_of(engine))


def model_of(engine: Engine) -> ModelClient:
    """The model as the backend sees it, with nothing between."""
    return ModelClient(lambda requests: [*engine.answer(requests)], lambda: engine.abilities)
