"""Two Label Studios, one a copy of the other's database, ask and teach one backend."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from labeling.studio_path import path_of
from tests.support.service_requests import BAD, GOOD, SENTIMENT, TRAINING_SET, tasks_of, versions

pytestmark = pytest.mark.model

ORIGINAL, COPY = path_of("http://label.example.org"), path_of("http://label-copy.example.org")
PROJECT = "77.1700000000"
"""As both say it: a copied database holds the moment at which the project was made, too."""

HALF: dict[str, Any] = {**TRAINING_SET, "answers": TRAINING_SET["answers"][4:]}


def post(client: FlaskClient, path: str, body: dict[str, Any]) -> dict[str, Any]:
    answer = client.post(path, json=body)
    assert answer.status_code == 200, answer.json
    content: dict[str, Any] = answer.get_json()
    return content


def teach(client: FlaskClient, studio: str, training_set: dict[str, Any]) -> str:
    return str(post(client, f"{studio}/learn", {"project": "77", **training_set})["model_version"])


def version(client: FlaskClient, studio: str) -> str:
    """What Label Studio is told when it connects: it sends no more than this of itself."""
    body = {"project": PROJECT, "schema": SENTIMENT, "hostname": "http://localhost:8080"}
    return str(post(client, f"{studio}/setup", body)["model_version"])


def predicted(client: FlaskClient, studio: str) -> set[str]:
    """The versions that answer Label Studio's own request."""
    body = {"tasks": tasks_of(GOOD[0], BAD[0]), "project": PROJECT, "label_config": SENTIMENT}
    return {one["model_version"] for one in post(client, f"{studio}/predict", body)["results"]}


def test_each_keeps_what_it_taught_and_none_teaches_the_other(client: FlaskClient) -> None:
    untaught = version(client, COPY)
    by_original = teach(client, ORIGINAL, TRAINING_SET)
    assert version(client, COPY) == untaught

    by_copy = teach(client, COPY, HALF)
    assert len({untaught, by_original, by_copy}) == 3
    for _ in range(2):
        assert version(client, ORIGINAL) == by_original
        assert predicted(client, ORIGINAL) == {by_original}
        assert version(client, COPY) == by_copy
        assert predicted(client, COPY) == {by_copy}
        assert teach(client, ORIGINAL, TRAINING_SET) == by_original
        assert teach(client, COPY, HALF) == by_copy

    for studio, taught in ((ORIGINAL, by_original), (COPY, by_copy)):
        assert versions(client, 77, studio) == [taught]
    assert versions(client, 77) == []


def test_another_spelling_of_the_address_is_the_same_label_studio(client: FlaskClient) -> None:
    taught = teach(client, path_of("http://other.example.org"), TRAINING_SET)
    assert version(client, path_of("https://Other.example.org/")) == taught


def test_the_health_and_webhooks_of_each_arrive(client: FlaskClient) -> None:
    before = client.get("/health").get_json()["events"]
    hook = {"action": "START_TRAINING", "project": {"id": 77}}
    assert post(client, f"{COPY}/webhook", hook) == {"status": "noted", "action": "START_TRAINING"}
    health = client.get(f"{ORIGINAL}/health").get_json()
    assert health["status"] == "UP"
    assert health["events"] == before + 1


def test_a_path_that_names_no_label_studio_is_none(client: FlaskClient) -> None:
    assert client.get("/studios/xyz/health").status_code == 404
