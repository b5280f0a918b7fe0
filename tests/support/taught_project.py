"""A project of a service whose engine tells what it is asked, taught in steps that win or lose."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from flask.testing import FlaskClient

from backend.application import Backend
from backend.learning.training_set import HumanAnswer, TrainingSet
from backend.versions.candidate import Candidate
from labeling.predictions.prediction import Part, Prediction, Provenance
from labeling.protocol.models import ModelVersion
from tests.support.backend_fixtures import NewApp
from tests.support.label_configs import choices
from tests.support.signal_engine import SignalEngine, text_of

CONFIG = choices(["positive", "negative"])
NO_EMBEDDING = {"learning": {"embedding": None}}
RANDOM = np.random.default_rng(0)
SIGNALS = RANDOM.uniform(-4, 4, 80).round(2).tolist()
TEXTS = [text_of(number, signal) for number, signal in enumerate(SIGNALS)]
NOISE = RANDOM.choice(["positive", "negative"], len(TEXTS)).tolist()
"""Answers that the engine's signal tells nothing of."""

TRUTH = ["positive" if signal > 0 else "negative" for signal in SIGNALS]
FEW = TrainingSet(
    texts=TEXTS, answers=[HumanAnswer(*one) for one in zip(TEXTS, NOISE, strict=True)][:12]
)
MANY = replace(
    FEW,
    answers=[
        *FEW.answers,
        *(HumanAnswer(*one) for one in zip(TEXTS[12:], TRUTH[12:], strict=True)),
    ],
)
"""The same, and many more that the signal tells all of."""

MORE = replace(MANY, answers=[*MANY.answers, HumanAnswer(text_of(500, 3.0), "positive")])


class TaughtProject:
    """Project 7 of a service whose engine tells what it is asked.

    Attributes:
        engine: The engine.
        backend: The service's.
        client: A caller of the service.
    """

    def __init__(self, new_app: NewApp, **sections: Any) -> None:
        self.engine = SignalEngine()
        app = new_app(lambda _: self.engine, **(NO_EMBEDDING | sections))
        self.backend: Backend = app.extensions["tandem"]
        self.client: FlaskClient = app.test_client()

    def learn(self, training_set: TrainingSet, *, keep_version: bool = False) -> dict[str, Any]:
        answers = [{"text": one.text, "label": one.label} for one in training_set.answers]
        body = {
            "project": "7",
            "label_config": CONFIG,
            "instruction": training_set.instruction,
            "texts": training_set.texts,
            "answers": answers,
            "keep_version": keep_version,
        }
        answer = self.client.post("/learn", json=body)
        assert answer.status_code == 200, answer.get_json()
        content: dict[str, Any] = answer.get_json()
        return content

    def challenge(self, held_out: Mapping[str, Prediction], training_set: TrainingSet = FEW) -> Any:
        """Enter a version fitted elsewhere, which believes this of the answered texts."""
        present = self.backend.versions.get("7")
        assert present is not None
        learned = replace(present, content=f"heavy {len(held_out)} {len(training_set.answers)}")
        candidate = Candidate(learned, {"heavy": True}, held_out, ("calibration", "lora"), 12.0)
        pupil = self.backend.pupil("7", CONFIG, training_set)
        return self.backend.contests.challenge(pupil, candidate)

    @property
    def served(self) -> str:
        return self.backend.model_spec("7", CONFIG).model_version

    @property
    def models(self) -> list[ModelVersion]:
        listed = self.client.get("/models?project=7").get_json()["models"]
        return [ModelVersion.model_validate_json(json.dumps(one)) for one in listed]

    @property
    def statuses(self) -> dict[str, tuple[str, str | None]]:
        return {one.name: (one.status, one.by) for one in self.models}

    def use(self, name: str, config: str = CONFIG) -> Any:
        body = {"project": "7", "label_config": config, "name": name}
        return self.client.post("/models/use", json=body)


def believing(training_set: TrainingSet, p_right: float) -> dict[str, Prediction]:
    """A belief of each answered text that gives its answer this probability."""
    return {one.text: _prediction(one.label, p_right) for one in training_set.answers}


def _prediction(label: str, p: float) -> Prediction:
    other = {"positive": "negative", "negative": "positive"}[label]
    shares = {label: p, other: 1 - p}
    answer = label if p >= 0.5 else other
    provenance = Provenance("heavy", "abc", "none", "platt:30")
    part = Part(answer, shares[answer], shares, shares[answer], provenance)
    return Prediction.alone("topic", part, "held out")
