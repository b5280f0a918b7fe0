"""The service answers while something is trained beside it, and tells how far that is."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from backend.application import Backend
from backend.training.steps import ServiceStep
from backend.training.trainer import STOPPED
from tests.support.backend_fixtures import NewApp
from tests.support.label_configs import choices
from tests.support.training_jobs import STOPPING, Stop, Stopping, job_of

CONFIG = choices(["positive", "negative"])


def predict(client: FlaskClient) -> list[dict[str, Any]]:
    body = {"tasks": [{"id": 1, "data": {"text": "Fine."}}], "label_config": CONFIG, "project": "7"}
    answer = client.post("/predict", json=body)
    assert answer.status_code == 200, answer.get_json()
    results: list[dict[str, Any]] = answer.get_json()["results"]
    return results


def metrics(client: FlaskClient) -> str:
    return client.get("/metrics").get_data(as_text=True)


@pytest.mark.parametrize("place", ["worker", "service"])
def test_tasks_are_answered_while_a_learner_is_in_the_middle_of_its_work(
    new_app: NewApp, place: str
) -> None:
    app = new_app(learning={"embedding": None})
    client, backend = app.test_client(), app.extensions["tandem"]
    before = predict(client)
    assert client.get("/health").get_json()["training"] is None
    assert "tandem_training_running 0.0" in metrics(client)
    folder = backend.settings.data_dir
    stop = Stop(folder)
    steps = [ServiceStep({"stopping": lambda: Stopping(folder)})] if place == "service" else None
    backend.trainer.schedule(job_of({"stopping": STOPPING}, project="7", steps=steps))
    learner = stop.reached()
    assert predict(client) == before
    running = client.get("/health").get_json()["training"]["running"]
    assert (running["project"], running["learner"], running["part"]) == ("7", "stopping", 1)
    assert 0 < running["done"] < 1
    assert "tandem_training_running 1.0" in metrics(client)
    assert f"tandem_training_done_share {running['done']}" in metrics(client)
    learner.go_on()


def test_stopping_the_service_ends_its_training(new_app: NewApp) -> None:
    app = new_app(learning={"embedding": None})
    client, backend = app.test_client(), app.extensions["tandem"]
    assert isinstance(backend, Backend)
    stop = Stop(backend.settings.data_dir)
    backend.trainer.schedule(job_of({"stopping": STOPPING}, project="7"))
    worker = stop.reached()
    backend.stop(0)
    worker.wait_until_dead()
    backend.close()
    last = client.get("/health").get_json()["training"]["last"]
    assert (last["project"], last["outcome"], last["why"]) == ("7", "cancelled", STOPPED)
    assert 'tandem_trainings_total{outcome="cancelled"} 1.0' in metrics(client)
