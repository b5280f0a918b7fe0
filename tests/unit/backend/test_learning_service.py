"""The service goes on learning when parts of it fail, and says what it lacks."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from flask.testing import FlaskClient

from backend.application import Backend
from backend.calibration import stacked_head
from backend.calibration.calibration_pipeline import CalibrationPipeline
from backend.calibration.calibrators.identity import IdentityCalibrator
from backend.calibration.control_model import ControlModel
from backend.calibration.learned_state import LearnedState
from backend.engines import Request, Scored
from labeling.errors import EngineError
from tests.support.backend_fixtures import NewApp
from tests.support.capable_engine import AbleEngine
from tests.support.distorted_models import world
from tests.support.even_engine import EvenEngine
from tests.support.fitted_versions import fitted
from tests.support.label_configs import choices
from tests.support.service_requests import versions

CONFIG = choices(["positive", "negative"])
TEXTS = [f"Text {number}." for number in range(60)]
TRAINING_SET: dict[str, Any] = {
    "project": 7,
    "label_config": CONFIG,
    "texts": TEXTS,
    "answers": [
        {"text": text, "label": ("positive", "negative")[number % 2]}
        for number, text in enumerate(TEXTS[:20])
    ],
    "open_texts": TEXTS[20:],
}


class BrokenEngine(EvenEngine):
    """Fails on everything once it is told to."""

    def __init__(self) -> None:
        self.fails = False

    def loglikelihood(self, requests: Sequence[Request]) -> list[Scored | EngineError]:
        if self.fails:
            raise RuntimeError("out of memory")
        return super().loglikelihood(requests)


def learn(client: FlaskClient, **changes: Any) -> dict[str, Any]:
    answer = client.post("/learn", json={**TRAINING_SET, **changes})
    assert answer.status_code == 200, answer.get_json()
    content: dict[str, Any] = answer.get_json()
    return content


def version(client: FlaskClient) -> str:
    answer = client.post("/setup", json={"project": "7.1", "schema": CONFIG})
    return str(answer.get_json()["model_version"])


def test_takes_open_texts(new_app: NewApp) -> None:
    report = learn(new_app(learning={"embedding": None}).test_client())["report"]
    assert report["open_texts"] == report["open"]["texts"] == 40
    assert report["embedding"] == "none"


def test_refuses_too_many_open_texts(new_app: NewApp) -> None:
    client = new_app(learning={"embedding": None}).test_client()
    answer = client.post("/learn", json={**TRAINING_SET, "open_texts": ["x"] * 10_001})
    assert answer.status_code == 400


def test_a_fit_that_fails_leaves_the_last_good_one(new_app: NewApp) -> None:
    engine = BrokenEngine()
    client = new_app(lambda _: engine, learning={"embedding": None}).test_client()
    good = learn(client)["model_version"]
    engine.fails = True
    broken = {**TRAINING_SET, "instruction": "Another one, which nothing was scored under."}
    assert client.post("/learn", json=broken).status_code == 502
    assert version(client) == good
    assert versions(client, 7) == [good]


def test_without_its_embedding_model_it_learns_and_says_so(new_app: NewApp, tmp_path: Path) -> None:
    empty = tmp_path / "no-model"
    empty.mkdir()
    app = new_app(learning={"embedding": str(empty)})
    client = app.test_client()
    assert client.get("/health").get_json()["embedding"] == "unloaded"
    learned = learn(client)
    assert learned["report"]["embedding"].startswith("none: The embedding model cannot be loaded")
    assert version(client) == learned["model_version"]
    health = client.get("/health").get_json()
    assert health["embedding"] == "failed"
    assert "cannot be loaded" in health["embedding_error"]


def test_a_second_opinion_whose_embedding_fails_gives_way_to_the_model(
    new_app: NewApp, tmp_path: Path
) -> None:
    empty = tmp_path / "no-model"
    empty.mkdir()
    app = new_app(learning={"embedding": str(empty)})
    client, backend = app.test_client(), app.extensions["tandem"]
    noisy_labels = world(120, seed=0, shifts=(0, 0))
    vectors = np.random.default_rng(0).normal(size=(120, 4))
    second, _ = stacked_head.fit(noisy_labels.log_probabilities, vectors, noisy_labels.answers)
    learned = LearnedState(
        "",
        basis=backend.model_spec(None, CONFIG).basis,
        controls={
            "topic": ControlModel(
                calibration=CalibrationPipeline(
                    IdentityCalibrator(120), second, needs_embedding=True
                )
            )
        },
        embedding=backend.model.embedder.identity.digest,
    )
    backend.versions.put("7", fitted("even-12345678", learned), None)
    with_head = version(client)
    body = {"tasks": [{"data": {"text": "x"}}], "label_config": CONFIG, "project": "7"}
    assert client.post("/predict", json=body).status_code == 502
    [result] = client.post("/predict", json=body).get_json()["results"]
    assert result["model_version"] == version(client) != with_head
    assert "second_opinion" not in result["result"][0]["meta"]["tandem"]


def test_answers_need_no_embedding_that_nothing_reads(new_app: NewApp) -> None:
    app = new_app()
    backend: Backend = app.extensions["tandem"]
    body = {"tasks": [{"data": {"text": "x"}}], "label_config": CONFIG, "project": "7"}
    assert app.test_client().post("/predict", json=body).status_code == 200
    assert backend.model.embedder is not None
    assert backend.model.embedder.state == "unloaded"


def test_health_of_a_service_without_embedding_says_so(new_app: NewApp) -> None:
    client = new_app(learning={"embedding": None}).test_client()
    assert client.get("/health").get_json()["embedding"] is None


@pytest.mark.parametrize("project", [7, "7"])
def test_start_training_is_seen_by_project(new_app: NewApp, project: object) -> None:
    client = new_app(learning={"embedding": None}).test_client()
    before = version(client)
    for number in (1, 2):
        client.post("/webhook", json={"action": "START_TRAINING", "project": {"id": project}})
        assert client.get("/health").get_json()["trainings"] == {"7": number}
    client.post("/webhook", json={"action": "ANNOTATION_CREATED", "project": {"id": 7}})
    assert client.get("/health").get_json()["trainings"] == {"7": 2}
    assert version(client) == before


def test_training_is_wanted_until_the_project_has_taught(new_app: NewApp) -> None:
    client = new_app(learning={"embedding": None}).test_client()

    def is_wanted(project: str) -> bool:
        answer = client.post("/setup", json={"project": project, "schema": CONFIG})
        return bool(answer.get_json()["training_wanted"])

    assert not is_wanted("7.1")
    client.post("/webhook", json={"action": "START_TRAINING", "project": {"id": 7}})
    assert is_wanted("7.1")
    assert not is_wanted("8.1")
    learn(client)
    assert not is_wanted("7.1")


@pytest.mark.parametrize("project", [None, "x", {}, {"id": None}, [7]])
def test_start_training_of_no_project_is_counted_all_the_same(
    new_app: NewApp, project: object
) -> None:
    client = new_app(learning={"embedding": None}).test_client()
    answer = client.post("/webhook", json={"action": "START_TRAINING", "project": project})
    health = client.get("/health").get_json()
    assert answer.status_code == 200
    assert (health["events"], health["trainings"]) == (1, {})


def test_health_tells_what_the_engine_lacks_for_each_method(new_app: NewApp) -> None:
    app = new_app(learning={"embedding": None})
    app.extensions["tandem"].model.loader.wait()
    methods = app.test_client().get("/health").get_json()["methods"]
    assert methods["label-logprob"] is None
    assert "several different texts" in methods["self-consistency"]


@pytest.mark.parametrize("path", ["/predict", "/learn"])
def test_a_method_that_the_engine_does_not_allow_is_refused_in_one_line(
    new_app: NewApp, path: str
) -> None:
    confidence = {"methods": ["label-logprob", "verbalised"]}
    client = new_app(learning={"embedding": None}, confidence=confidence).test_client()
    answer = client.post(path, json={**TRAINING_SET, "tasks": [{"data": {"text": "x"}}]})
    assert answer.status_code == 502
    assert "'verbalised'" in answer.get_json()["error"]
    assert "Name one of: label-logprob," in answer.get_json()["error"]


def test_a_mix_is_learned_reported_and_moves_the_version(new_app: NewApp) -> None:
    confidence = {"methods": ["label-logprob", "self-consistency"]}
    app = new_app(lambda _: AbleEngine(), learning={"embedding": None}, confidence=confidence)
    client = app.test_client()
    before = version(client)
    report = learn(client)["report"]
    assert set(report["mix"]["weights"]) == set(confidence["methods"])
    assert version(client) != before
    body = {"tasks": [{"data": {"text": "x"}}], "label_config": CONFIG, "project": "7"}
    [result] = client.post("/predict", json=body).get_json()["results"]
    meta = result["result"][0]["meta"]["tandem"]
    assert meta["calibrator"].startswith("mix of 0.50 label-logprob")
    assert meta["prior"] == "batch"
    assert "missing" not in meta


def test_what_the_engine_kept_back_is_told(new_app: NewApp) -> None:
    client = new_app(lambda _: AbleEngine(missing=0.02)).test_client()
    body = {"tasks": [{"data": {"text": "x"}}], "label_config": CONFIG, "project": "7"}
    [result] = client.post("/predict", json=body).get_json()["results"]
    assert result["result"][0]["meta"]["tandem"]["missing"] == 0.02


def test_what_has_no_likelihood_has_no_prior(new_app: NewApp) -> None:
    app = new_app(lambda _: AbleEngine(), confidence={"methods": ["verbalised"]})
    body = {"tasks": [{"data": {"text": "x"}}], "label_config": CONFIG, "project": "7"}
    [result] = app.test_client().post("/predict", json=body).get_json()["results"]
    assert result["result"][0]["meta"]["tandem"]["prior"] == "none"
    assert result["score"] == pytest.approx(0.8)
