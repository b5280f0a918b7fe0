"""A service under more work than its model can do: who is refused, who goes first, what is told."""

import re
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from backend.application import Backend
from backend.engines import Request, Scored
from backend.runtime.priority_queue import Priority
from labeling.errors import EngineError
from tests.support.backend_fixtures import NewApp
from tests.support.even_engine import EvenEngine
from tests.support.label_configs import choices

SOON = 30.0
CONFIG = choices(["positive", "negative"])


class SlowEngine(EvenEngine):
    """Answers when the test lets it, and notes what it was asked for."""

    def __init__(self) -> None:
        self.may_run = threading.Event()
        self.batches: list[list[str]] = []

    def loglikelihood(self, requests: Sequence[Request]) -> list[Scored | EngineError]:
        self.batches.append([request.context.text for request in requests])
        assert self.may_run.wait(SOON)
        return super().loglikelihood(requests)


@pytest.fixture
def engine() -> Iterator[SlowEngine]:
    engine = SlowEngine()
    yield engine
    engine.may_run.set()


@pytest.fixture
def new_slow_app(new_app: NewApp, engine: SlowEngine) -> NewApp:
    return partial(new_app, load=lambda _: engine)


def predict(client: FlaskClient, texts: Sequence[str], **said: Any) -> TestResponse:
    tasks = [{"id": number, "data": {"text": text}} for number, text in enumerate(texts)]
    return client.post("/predict", json={"tasks": tasks, "label_config": CONFIG, **said})


def wait_until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + SOON
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.001)


def waiting(app: Flask, kind: Priority) -> int:
    backend: Backend = app.extensions["tandem"]
    return backend.model.load()[kind].waiting


def texts(name: str, count: int) -> list[str]:
    return [f"{name} {number}" for number in range(count)]


def test_one_task_is_interactive_and_overtakes_a_bulk_request(
    new_slow_app: NewApp, engine: SlowEngine
) -> None:
    app = new_slow_app()
    with ThreadPoolExecutor(3) as pool:
        pool.submit(predict, app.test_client(), texts("first", 1))
        wait_until(lambda: bool(engine.batches))
        bulk = pool.submit(predict, app.test_client(), texts("many", 256))
        wait_until(lambda: waiting(app, Priority.BULK) == 259)
        person = pool.submit(predict, app.test_client(), ["opened"])
        wait_until(lambda: waiting(app, Priority.INTERACTIVE) == 4)
        engine.may_run.set()
        assert person.result().status_code == bulk.result().status_code == 200
    assert "opened" in engine.batches[1]
    assert sum(text.startswith("many") for text in engine.batches[1]) < 256


def test_a_few_tasks_may_say_that_they_are_bulk(new_slow_app: NewApp, engine: SlowEngine) -> None:
    app = new_slow_app()
    with ThreadPoolExecutor(2) as pool:
        pool.submit(predict, app.test_client(), texts("first", 1))
        wait_until(lambda: bool(engine.batches))
        said = pool.submit(predict, app.test_client(), ["few"], bulk=True)
        wait_until(lambda: waiting(app, Priority.BULK) > 0)
        assert waiting(app, Priority.INTERACTIVE) == 0
        engine.may_run.set()
        assert said.result().status_code == 200


def test_a_full_queue_refuses_bulk_work_until_there_is_room(
    new_slow_app: NewApp, engine: SlowEngine
) -> None:
    app = new_slow_app(backend={"queue_tokens": 200})
    with ThreadPoolExecutor(3) as pool:
        pool.submit(predict, app.test_client(), texts("first", 1))
        wait_until(lambda: bool(engine.batches))
        bulk = pool.submit(predict, app.test_client(), texts("many", 64))
        wait_until(lambda: waiting(app, Priority.BULK) > 0)
        refused = predict(app.test_client(), texts("other", 64))
        assert refused.status_code == 503
        assert 1 <= int(refused.headers["Retry-After"]) <= 60
        assert "queue" in refused.get_json()["error"]
        metrics = app.test_client().get("/metrics").get_data(as_text=True)
        assert 'tandem_refused_total{kind="bulk"} 1.0' in metrics
        assert re.search(r'tandem_waiting\{kind="bulk"\} [1-9]', metrics)
        assert re.search(r'tandem_in_flight\{kind="interactive"\} [1-9]', metrics)
        engine.may_run.set()
        assert bulk.result().status_code == 200
    assert predict(app.test_client(), texts("other", 64)).status_code == 200


def test_health_tells_of_the_job_at_hand_and_no_more_once_it_is_done(
    new_slow_app: NewApp, engine: SlowEngine
) -> None:
    app = new_slow_app()
    client = app.test_client()
    with ThreadPoolExecutor(1) as pool:
        job = {"id": "films", "done": 128, "total": 192}
        asked = pool.submit(predict, app.test_client(), texts("many", 64), job=job)
        wait_until(lambda: bool(engine.batches))
        health = client.get("/health").get_json()
        [told] = health["jobs"]
        assert (told["id"], told["done"], told["total"]) == ("films", 128, 192)
        assert health["work"]["bulk"]["in_flight"] > 0
        engine.may_run.set()
        asked.result()
    assert client.get("/health").get_json()["jobs"] == []


def test_a_job_that_makes_no_sense_is_refused(new_app: NewApp) -> None:
    answer = predict(new_app().test_client(), ["x"], job={"id": "films", "done": -1, "total": 2})
    assert answer.status_code == 400
    assert "job.done" in answer.get_json()["error"]


class TestStopping:
    def test_refuses_new_work_and_answers_what_is_there(
        self, new_slow_app: NewApp, engine: SlowEngine
    ) -> None:
        app = new_slow_app()
        backend: Backend = app.extensions["tandem"]
        with ThreadPoolExecutor(2) as pool:
            asked = pool.submit(predict, app.test_client(), texts("many", 64))
            wait_until(lambda: bool(engine.batches))
            stopping = pool.submit(backend.stop, SOON)
            client = app.test_client()
            wait_until(lambda: predict(client, ["new"]).status_code == 503)
            assert int(predict(client, ["new"]).headers["Retry-After"]) > 0
            assert client.get("/health").status_code == 200
            engine.may_run.set()
            assert asked.result().status_code == 200
            stopping.result()

    def test_keeps_what_was_computed_and_hands_back_the_rest(
        self, new_slow_app: NewApp, engine: SlowEngine
    ) -> None:
        app = new_slow_app()
        backend: Backend = app.extensions["tandem"]
        with ThreadPoolExecutor(2) as pool:
            asked = pool.submit(predict, app.test_client(), texts("many", 1000))
            wait_until(lambda: bool(engine.batches))
            stopping = pool.submit(backend.stop, 0)
            wait_until(lambda: waiting(app, Priority.BULK) == 0)
            engine.may_run.set()
            results = asked.result().get_json()["results"]
            stopping.result()
        answered = [one for one in results if "error" not in one]
        assert 0 < len(answered) < 1000
        assert all(one["retry"] for one in results if "error" in one)
        again = new_slow_app().test_client()
        computed = [text for text in engine.batches[0] if text.startswith("many")]
        before = len(engine.batches)
        assert predict(again, computed).status_code == 200
        assert len(engine.batches) == before, "all of it comes from the cache"
