"""What is trained after a lesson comes into force where it wins, serves, and survives a restart."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from flask import Flask
from flask.testing import FlaskClient

from backend.application import Backend
from tests.support.backend_fixtures import NewApp
from tests.support.label_configs import choices

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


class Service:
    """A service whose model knows nothing, and what it is told and asked."""

    def __init__(self, app: Flask) -> None:
        self.client: FlaskClient = app.test_client()
        self.backend: Backend = app.extensions["tandem"]

    def learn(self, texts: list[str] = ANSWERED, labels: dict[str, str] = TRUTH) -> Any:
        answers = [{"text": text, "label": labels[text]} for text in texts]
        body = {
            "project": "7",
            "label_config": CONFIG,
            "answers": answers,
            "texts": FRESH[:20],
            "open_texts": FRESH,
        }
        answer = self.client.post("/learn", json=body)
        assert answer.status_code == 200, answer.get_json()
        self.backend.trainer.wait_until_idle()
        return answer.get_json()

    def accuracy(self) -> float:
        tasks = [{"id": n, "data": {"text": text}} for n, text in enumerate(FRESH)]
        body = {"project": "7", "label_config": CONFIG, "tasks": tasks}
        results = self.client.post("/predict", json=body).get_json()["results"]
        said = [one["result"][0]["value"]["choices"][0] for one in results]
        return float(
            np.mean([label == TRUTH[text] for text, label in zip(FRESH, said, strict=True)])
        )

    @property
    def version(self) -> str:
        return self.backend.model_spec("7", CONFIG).model_version

    @property
    def models(self) -> Any:
        return self.client.get("/models?project=7").get_json()["models"]

    def use(self, name: str) -> None:
        body = {"project": "7", "label_config": CONFIG, "name": name}
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


def test_what_is_trained_in_vain_changes_nothing(service: Service) -> None:
    random = np.random.default_rng(0)
    noise = dict(zip(ANSWERED, random.choice(LABELS, len(ANSWERED)).tolist(), strict=True))
    fitted = service.learn(labels=noise)["model_version"]
    assert service.version == fitted
    assert [one["status"] for one in service.models] == ["in force"]
