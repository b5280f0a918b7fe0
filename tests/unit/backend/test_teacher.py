"""What is trained after a lesson comes into force where it wins, serves, and survives a restart."""

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from flask import Flask
from flask.testing import FlaskClient

from backend.application import Backend
from backend.engines import Request, Scored
from labeling.errors import EngineError
from tests.support.backend_fixtures import NewApp
from tests.support.even_engine import EvenEngine
from tests.support.label_configs import choices
from tests.support.tiny_encoders import LABELS as TOPICS
from tests.support.tiny_encoders import draw_texts, write_encoder

LABELS = ["sport", "money"]
CONFIG = choices(LABELS)
WORDS = {"sport": ["goal", "match", "coach", "team"], "money": ["bank", "shares", "profit", "tax"]}
NOTHING = ["today", "said", "new", "one", "people", "week"]

pytestmark = pytest.mark.slow


def text_of(label: str, number: int) -> str:
    """A text of its own that holds two words of its label, and some that say nothing."""
    random = np.random.default_rng(number)
    words = [*random.choice(WORDS[label], 2), *random.choice(NOTHING, 3), f"no{number}"]
    return " ".join(random.permutation(words).tolist())


TRUTH = {text_of(LABELS[number % 2], number): LABELS[number % 2] for number in range(160)}
ANSWERED, FRESH = [*TRUTH][:100], [*TRUTH][100:]


class Counting(EvenEngine):
    """Notes what it is asked about."""

    def __init__(self) -> None:
        self.asked: set[str] = set()

    def loglikelihood(self, requests: Sequence[Request]) -> list[Scored | EngineError]:
        self.asked |= {one.context.text for one in requests}
        return super().loglikelihood(requests)


class Service:
    """A service whose model knows nothing, and what it is told and asked."""

    def __init__(self, app: Flask, config: str = CONFIG) -> None:
        self.client: FlaskClient = app.test_client()
        self.config = config
        self.backend: Backend = app.extensions["tandem"]

    def learn(
        self,
        texts: list[str] = ANSWERED,
        labels: dict[str, str] = TRUTH,
        open_texts: list[str] = FRESH,
    ) -> Any:
        answers = [{"text": text, "label": labels[text]} for text in texts]
        body = {
            "project": "7",
            "label_config": self.config,
            "answers": answers,
            "texts": open_texts[:20],
            "open_texts": open_texts,
        }
        answer = self.client.post("/learn", json=body)
        assert answer.status_code == 200, answer.get_json()
        self.backend.trainer.wait_until_idle()
        return answer.get_json()

    def accuracy(self, labels: dict[str, str] = TRUTH, fresh: list[str] = FRESH) -> float:
        tasks = [{"id": n, "data": {"text": text}} for n, text in enumerate(fresh)]
        body = {"project": "7", "label_config": self.config, "tasks": tasks}
        results = self.client.post("/predict", json=body).get_json()["results"]
        said = [one["result"][0]["value"]["choices"][0] for one in results]
        right = [label == labels[text] for text, label in zip(fresh, said, strict=True)]
        return float(np.mean(right))

    @property
    def version(self) -> str:
        return self.backend.model_spec("7", self.config).model_version

    @property
    def models(self) -> Any:
        return self.client.get("/models?project=7").get_json()["models"]

    def use(self, name: str) -> None:
        body = {"project": "7", "label_config": self.config, "name": name}
        assert self.client.post("/models/use", json=body).status_code == 200


@pytest.fixture
def service(new_app: NewApp) -> Service:
    return Service(new_app(learning={"embedding": None, "train": ["words"]}))


def test_what_is_trained_beats_what_the_lesson_fitted_and_answers(service: Service) -> None:
    fitted = service.learn()["model_version"]
    assert service.version != fitted
    assert service.accuracy() > 0.9
    [best, other] = service.models
    assert (best["name"], best["status"]) == (service.version, "in force")
    assert "words" in best["learners"]
    assert (other["name"], other["status"], other["by"]) == (fitted, "superseded", best["name"])
    assert best["size"] > other["size"]


def test_the_same_answers_once_more_train_nothing(service: Service) -> None:
    service.learn()
    version, before = service.version, service.client.get("/health").get_json()["training"]
    told = service.learn()
    assert told["model_version"] == version
    assert service.client.get("/health").get_json()["training"] == before
    right = [
        one["answer"] == TRUTH[text] for text, one in zip(ANSWERED, told["held_out"], strict=True)
    ]
    assert np.mean(right) > 0.9


def test_a_rollback_is_not_undone_by_the_same_answers(service: Service) -> None:
    fitted = service.learn()["model_version"]
    service.use(fitted)
    assert service.accuracy() < 0.8
    assert service.learn()["model_version"] == fitted
    assert service.version == fitted


def test_a_restarted_service_answers_as_before(new_app: NewApp, service: Service) -> None:
    service.learn()
    version, accuracy = service.version, service.accuracy()
    service.backend.close()
    again = Service(new_app(learning={"embedding": None, "train": ["words"]}))
    assert (again.version, again.accuracy()) == (version, accuracy)


def test_without_the_trained_weights_what_was_fitted_in_the_lesson_answers(
    service: Service, tmp_path: Path
) -> None:
    service.learn()
    for folder in (tmp_path / "artefacts").iterdir():
        folder.rename(tmp_path / folder.name)
    assert service.accuracy() < 0.8


def test_weights_leave_the_disk_with_the_last_version_that_names_them(
    new_app: NewApp, tmp_path: Path
) -> None:
    learning = {"embedding": None, "train": ["words"], "keep_versions": 1}
    service = Service(new_app(learning=learning))
    seen: set[str] = set()
    for count in (40, 60, 80, 100):
        service.learn(ANSWERED[:count])
        states = [service.backend.versions.state_of("7", one["name"]) for one in service.models]
        named = {
            digest
            for one in states
            if one
            for model in one.controls.values()
            for digest in model.digests
        }
        kept = {one.name for one in (tmp_path / "artefacts").iterdir()}
        assert kept == named
        assert len(service.models) <= 3
        seen |= kept
    assert len(seen) == 4
    assert len(kept) < 4
    assert service.accuracy() > 0.9


def test_a_student_answers_what_it_is_sure_of_and_the_model_is_not_asked(
    new_app: NewApp, tmp_path: Path
) -> None:
    texts, places = draw_texts(260, seed=1)
    truth = {text: TOPICS[place] for text, place in zip(texts, places, strict=True)}
    engine = Counting()
    learning = {
        "embedding": str(write_encoder(tmp_path / "encoder")),
        "train": ["words"],
        "student_loss": 0.2,
    }
    service = Service(new_app(lambda _: engine, learning=learning), choices([*TOPICS]))
    answered, fresh = [*truth][:200], [*truth][200:]
    service.learn(answered, truth, fresh)
    assert "student" in service.models[0]["learners"]
    engine.asked.clear()
    assert service.accuracy(truth, fresh) > 0.8
    assert len(engine.asked) < len(fresh) / 2


def test_what_is_trained_in_vain_changes_nothing(service: Service) -> None:
    random = np.random.default_rng(0)
    noise = dict(zip(ANSWERED, random.choice(LABELS, len(ANSWERED)).tolist(), strict=True))
    fitted = service.learn(labels=noise)["model_version"]
    assert service.version == fitted
    assert [one["status"] for one in service.models] == ["in force"]


class Shown(EvenEngine):
    """Answers as the last example of the text's first word does; without one it cannot tell."""

    name, digest = "shown", "9" * 64

    def loglikelihood(self, requests: Sequence[Request]) -> list[Scored | EngineError]:
        return [Scored(np.array([self._score(one), 0.0])) for one in requests]

    def _score(self, request: Request) -> float:
        shown = (request.context.before + request.context.text).splitlines()
        [*_, asked] = [line for line in shown if line]
        word = asked.split()[-1]
        said = dict(pairwise(shown))
        known = [label for text, label in said.items() if text.endswith(word) and text != asked]
        return {"Label: sport": 2.0, "Label: money": -2.0}.get(known[-1], 0.0) if known else 0.0


@pytest.mark.parametrize("learns", [True, False])
def test_examples_are_shown_where_they_earn_their_place(new_app: NewApp, learns: bool) -> None:
    random = np.random.default_rng(3)
    labels = dict(zip(("red", "blue", "green", "grey"), LABELS * 2, strict=True))
    words = random.choice([*labels], 160).tolist()
    truth = {f"text {number} is {word}": labels[word] for number, word in enumerate(words)}
    engine = Shown() if learns else EvenEngine()
    app = new_app(lambda _: engine, learning={"embedding": None, "train": ["examples"]})
    service = Service(app)
    fitted = service.learn([*truth][:120], truth)["model_version"]
    assert (service.version != fitted) == learns
    assert ("examples" in service.models[0]["learners"]) == learns
