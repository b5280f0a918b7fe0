"""While weights load the service answers what needs none; what needs them waits for its budget."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from backend import engines
from backend.application import Backend
from backend.engines import Engine
from backend.runtime.retry_later import RetryLater
from labeling.errors import EngineError
from labeling.protocol.health import PaidUsage
from labeling.settings.settings import Settings
from tests.support.backend_fixtures import NewApp
from tests.support.even_engine import EvenEngine
from tests.support.label_configs import choices

SOON = 30.0
AT_ONCE = {"predict_budget": 0.01}
CONFIG = choices(["positive", "negative"])


class Gate:
    """A model that loads when the test opens the gate, and fails where it is told to."""

    def __init__(self) -> None:
        self._opened = threading.Event()
        self._error: Exception | None = None

    def open(self, error: Exception | None = None) -> None:
        self._error = error
        self._opened.set()

    def load(self, _: Settings) -> Engine:
        assert self._opened.wait(SOON)
        if self._error:
            raise self._error
        return EvenEngine()


@pytest.fixture
def gate() -> Iterator[Gate]:
    gate = Gate()
    yield gate
    gate.open()


@pytest.fixture
def new_loading_app(new_app: NewApp, gate: Gate) -> NewApp:
    return partial(new_app, load=gate.load)


def predict(client: FlaskClient) -> TestResponse:
    body: dict[str, Any] = {"tasks": [{"id": 1, "data": {"text": "Fine."}}], "label_config": CONFIG}
    return client.post("/predict", json=body)


def load(app: Flask, gate: Gate, error: Exception | None = None) -> None:
    """Open the gate, and wait until the service knows how the loading ended."""
    backend: Backend = app.extensions["tandem"]
    gate.open(error)
    assert backend.model.loader._done.wait(SOON)


def note_waiting(app: Flask, monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """Give an event that is set once a caller waits for the model."""
    loader = app.extensions["tandem"].model.loader
    is_waiting = threading.Event()
    wait = loader.wait

    def noted(deadline: float | None = None) -> Engine:
        is_waiting.set()
        engine: Engine = wait(deadline)
        return engine

    monkeypatch.setattr(loader, "wait", noted)
    return is_waiting


class TestWhatMayYetCome:
    """A server that is not there yet is asked again; nobody is told that it never will be."""

    ABSENT = RetryLater("The server cannot be reached", hint="Start it.", retry_after=0)

    def test_is_waited_for(self, new_app: NewApp) -> None:
        absences = [self.ABSENT, self.ABSENT]

        def load(_: Settings) -> Engine:
            if absences:
                raise absences.pop()
            return EvenEngine()

        client = new_app(load=load).test_client()
        assert predict(client).status_code == 200
        assert absences == []
        assert "error" not in client.get("/health").get_json()

    def test_is_named_to_those_who_wait(self, new_app: NewApp, gate: Gate) -> None:
        absences = [self.ABSENT]
        is_tried_again = threading.Event()

        def load(settings: Settings) -> Engine:
            if absences:
                raise absences.pop()
            is_tried_again.set()
            return gate.load(settings)

        client = new_app(load=load, backend=AT_ONCE).test_client()
        assert is_tried_again.wait(SOON)
        answer = predict(client)
        assert answer.status_code == 503
        assert "cannot be reached" in answer.get_json()["error"]
        health = client.get("/health").get_json()
        assert health["model"] == "loading"
        assert "cannot be reached" in health["error"]


class TestWhileLoading:
    def test_health_says_so(self, new_loading_app: NewApp) -> None:
        health = new_loading_app().test_client().get("/health").get_json()
        assert (health["status"], health["model"]) == ("UP", "loading")
        assert "error" not in health

    def test_setup_tells_the_version_that_will_answer(
        self, gate: Gate, new_loading_app: NewApp
    ) -> None:
        app = new_loading_app()
        client = app.test_client()
        told = client.post("/setup", json={"schema": CONFIG}).get_json()["model_version"]
        load(app, gate)
        assert predict(client).get_json()["results"][0]["model_version"] == told

    @pytest.mark.parametrize("path", ["/models?project=1", "/metrics", "/"])
    def test_other_routes_answer(self, new_loading_app: NewApp, path: str) -> None:
        assert new_loading_app().test_client().get(path).status_code == 200

    def test_webhooks_are_noted(self, new_loading_app: NewApp) -> None:
        client = new_loading_app().test_client()
        assert client.post("/webhook", json={"action": "TASKS_CREATED"}).status_code == 200

    def test_metrics_say_that_it_is_not_ready(self, gate: Gate, new_loading_app: NewApp) -> None:
        app = new_loading_app()
        client = app.test_client()
        assert "tandem_model_ready 0.0" in client.get("/metrics").get_data(as_text=True)
        load(app, gate)
        assert "tandem_model_ready 1.0" in client.get("/metrics").get_data(as_text=True)

    def test_what_a_server_was_paid_is_told_in_metrics_and_health(
        self, gate: Gate, new_loading_app: NewApp, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(EvenEngine, "paid", PaidUsage(tokens=120, money=0.5))
        app = new_loading_app()
        client = app.test_client()
        assert client.get("/health").get_json()["paid"] == {"tokens": 0, "money": 0.0}
        load(app, gate)
        assert client.get("/health").get_json()["paid"] == {"tokens": 120, "money": 0.5}
        measures = client.get("/metrics").get_data(as_text=True)
        assert "tandem_paid_tokens 120.0" in measures
        assert "tandem_paid_money 0.5" in measures

    def test_predict_gives_up_with_its_budget_and_says_when_to_ask_again(
        self, new_loading_app: NewApp
    ) -> None:
        answer = predict(new_loading_app(backend=AT_ONCE).test_client())
        assert answer.status_code == 503
        assert int(answer.headers["Retry-After"]) > 0
        assert "still loading" in answer.get_json()["error"]

    def test_learn_does_too(self, new_loading_app: NewApp) -> None:
        training_set = {
            "project": 1,
            "label_config": CONFIG,
            "texts": [f"Text {n}" for n in range(20)],
        }
        answer = new_loading_app(backend=AT_ONCE).test_client().post("/learn", json=training_set)
        assert answer.status_code == 503
        assert answer.headers["Retry-After"]

    def test_predict_waits_and_is_answered(
        self, gate: Gate, new_loading_app: NewApp, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        app = new_loading_app(backend={"predict_budget": SOON})
        is_waiting = note_waiting(app, monkeypatch)
        with ThreadPoolExecutor(1) as pool:
            answer = pool.submit(predict, app.test_client())
            assert is_waiting.wait(SOON)
            assert not answer.done()
            gate.open()
            assert answer.result(SOON).status_code == 200

    def test_callers_beyond_the_threads_are_sent_away_at_once(
        self, gate: Gate, new_loading_app: NewApp, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        app = new_loading_app(backend={"threads": 1, "predict_budget": SOON})
        is_waiting = note_waiting(app, monkeypatch)
        with ThreadPoolExecutor(1) as pool:
            first = pool.submit(predict, app.test_client())
            assert is_waiting.wait(SOON)
            second = predict(app.test_client())
            assert second.status_code == 503
            assert "Too many callers" in second.get_json()["error"]
            assert app.test_client().get("/health").status_code == 200
            gate.open()
            assert first.result(SOON).status_code == 200
        assert predict(app.test_client()).status_code == 200


class TestThatFails:
    FORESEEN = EngineError("There is no such folder", where="/models/x", hint="Name another.")

    @pytest.mark.parametrize("error", [FORESEEN, RuntimeError("out of\nmemory")])
    def test_is_told_and_lets_the_process_live(
        self, gate: Gate, new_loading_app: NewApp, error: Exception
    ) -> None:
        app = new_loading_app()
        client = app.test_client()
        load(app, gate, error)
        health = client.get("/health").get_json()
        assert (health["status"], health["model"]) == ("UP", "failed")
        why = " ".join(str(error).split())
        assert why in health["error"]
        answers = [predict(client) for _ in range(2)]
        assert [answer.status_code for answer in answers] == [502, 502]
        assert all(answer.get_json()["error"] == health["error"] for answer in answers)
        assert client.post("/setup", json={"schema": CONFIG}).status_code == 200
        assert client.get("/health").get_json()["status"] == "UP"

    @pytest.mark.model
    def test_for_a_folder_without_a_model_names_it(self, new_app: NewApp, tmp_path: Path) -> None:
        folder = tmp_path / "no-model"
        folder.mkdir()
        app = new_app(load=engines.load, model={"name": str(folder)})
        backend: Backend = app.extensions["tandem"]
        assert backend.model.loader._done.wait(SOON)
        answer = predict(app.test_client())
        assert answer.status_code == 502
        assert str(folder) in answer.get_json()["error"]


def test_a_model_is_let_go_of_with_the_service(new_app: NewApp) -> None:
    closed: list[Engine] = []

    class Closing(EvenEngine):
        def close(self) -> None:
            closed.append(self)

    app = new_app(load=lambda _: Closing())
    backend: Backend = app.extensions["tandem"]
    model = backend.model.loader.wait()
    backend.close()
    assert closed == [model]
