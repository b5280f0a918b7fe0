"""A model and an embedding that say what a test tells them of each text."""

from collections.abc import Mapping, Sequence

import numpy as np

from backend.calibration.learned_state import LearnedState
from backend.embedding import Vector
from backend.engines import Ability, Asked, Identity, Scored
from backend.engines.model_client import ModelClient
from backend.pipeline.model_spec import ModelSpec, build_model_spec
from labeling.errors import TandemError
from labeling.form.form import parse
from labeling.settings.settings import Settings
from tests.support.label_configs import choices

LABELS = ("positive", "negative")
MODEL = Identity("scripted", "0" * 64)
EMBEDDING = Identity("scripted-embedding", "1" * 64)


def model_spec(
    learned: LearnedState | None = None, embedding: Identity | None = EMBEDDING
) -> ModelSpec:
    """How tasks with a `text` are answered by `LABELS`."""
    form = parse(choices([*LABELS]))
    return build_model_spec(Settings(), MODEL, form, learned or LearnedState(""), embedding)


class Scores:
    """Says of each text how probable `positive` is; of what it was told nothing, even odds."""

    def __init__(self, positive: Mapping[str, float]) -> None:
        self._positive = positive

    def __call__(self, requests: Sequence[Asked]) -> list[Scored | TandemError]:
        found = [self._positive.get(request.context.text, 0.5) for request in requests]
        return [Scored(np.log([p, 1 - p]), truncated=False) for p in found]


def model(scores: Scores) -> ModelClient:
    """A model that scores alone."""
    return ModelClient(scores, lambda: frozenset({Ability.LABEL_LOGPROBS}))


class Vectors:
    """Gives each text its vector.

    Attributes:
        asked: The texts that it was asked for, in order.
    """

    def __init__(self, vectors: Mapping[str, Sequence[float]]) -> None:
        self._vectors = vectors
        self.asked: list[str] = []

    def __call__(self, texts: Sequence[str]) -> list[Vector | TandemError]:
        self.asked += texts
        return [np.array(self._vectors[text], dtype=np.float32) for text in texts]
