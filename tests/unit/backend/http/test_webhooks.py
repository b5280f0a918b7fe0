"""Webhooks are counted: all together in `/health`, and by action in the metrics."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from flask.testing import FlaskClient
from prometheus_client import Counter

from backend.http.webhooks import Events
from tests.support.backend_fixtures import NewApp


@pytest.fixture
def client(new_app: NewApp) -> FlaskClient:
    return new_app().test_client()


def count(client: FlaskClient) -> object:
    return client.get("/health").get_json()["events"]


def test_none_came_before_the_first(client: FlaskClient) -> None:
    assert count(client) == 0


def test_each_counts_whatever_it_tells_of(client: FlaskClient) -> None:
    for number, action in enumerate(["START_TRAINING", "ANNOTATION_CREATED", "SOMETHING_NEW"], 1):
        client.post("/webhook", json={"action": action})
        assert count(client) == number


def test_what_is_no_webhook_does_not_count(client: FlaskClient) -> None:
    assert client.post("/webhook", json={"event": "TASKS_CREATED"}).status_code == 400
    assert count(client) == 0


def test_metrics_tell_actions_apart_that_label_studio_knows(client: FlaskClient) -> None:
    for action in ["ANNOTATION_CREATED", "ANNOTATION_CREATED", "ODD", "ODDER"]:
        client.post("/webhook", json={"action": action})
    text = client.get("/metrics").get_data(as_text=True)
    assert 'tandem_webhooks_total{action="ANNOTATION_CREATED"} 2.0' in text
    assert 'tandem_webhooks_total{action="other"} 2.0' in text
    assert "ODD" not in text


def test_none_is_lost_where_many_come_at_once() -> None:
    events = Events(Counter("webhooks", "Webhooks.", ["action"], registry=None))
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(events.note, ["TASKS_CREATED"] * 2_000))
    assert events.count == 2_000
