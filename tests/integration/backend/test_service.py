"""The service answers as Label Studio and the controller call it, with the real model behind it."""

import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from flask.testing import FlaskClient

from backend.application import Backend
from labeling.form.form import parse
from labeling.predictions.label_studio_json import from_label_studio
from tests.support.label_configs import TOPICS, choices
from tests.support.service_requests import (
    BAD,
    GOOD,
    SENTIMENT,
    is_valid,
    predict,
    tasks_of,
    version,
)

pytestmark = pytest.mark.model


class TestPredict:
    def test_answers_one_a_task_in_order(self, client: FlaskClient) -> None:
        results = predict(client, tasks_of(GOOD[0], None, BAD[0]))
        assert [bool(result["result"]) for result in results] == [True, False, True]

    def test_is_valid_against_the_label_config(self, client: FlaskClient) -> None:
        [result] = predict(client, tasks_of("Pasta with tomatoes and basil."), TOPICS)
        assert is_valid(result, TOPICS)

    def test_says_what_stands_behind_the_score(self, client: FlaskClient) -> None:
        [result] = predict(client, tasks_of(GOOD[0]))
        prediction = from_label_studio(parse(SENTIMENT), result)
        stated = prediction.distribution[prediction.answer]
        assert prediction.confidence == pytest.approx(stated, abs=1e-6)
        assert stated == max(prediction.distribution.values())
        assert sum(prediction.distribution.values()) == pytest.approx(1, abs=1e-4)
        assert 0 < prediction.raw_score <= 1
        [part] = prediction.parts.values()
        assert part.provenance.engine == "transformers:SmolLM2-135M-Instruct"
        assert part.provenance.prior == "contextual"
        assert not part.provenance.is_calibrated

    def test_carries_the_version_that_setup_tells(self, client: FlaskClient) -> None:
        [result] = predict(client, tasks_of(GOOD[0]), project="7.1700000000")
        assert result["model_version"] == version(client, "7.1700000001")
        assert re.fullmatch(r"SmolLM2-135M-Instruct-[0-9a-f]{8}", result["model_version"])

    def test_of_no_tasks_is_empty(self, client: FlaskClient) -> None:
        assert predict(client, []) == []

    def test_stores_the_alias_and_shows_the_value(self, client: FlaskClient) -> None:
        [result] = predict(client, tasks_of("Pasta with tomatoes and basil."), TOPICS)
        assert set(result["result"][0]["meta"]["tandem"]["distribution"]) == {
            "Sport",
            "food",
            "Travel",
        }


class TestManyCallers:
    def test_at_once_get_their_own_answers(self, app: Flask) -> None:
        texts = [f"Review number {number}: it was fine." for number in range(6)]
        alone = [predict(app.test_client(), tasks_of(text))[0] for text in texts]
        fresh = choices(["positive", "negative"], name="feeling")
        with ThreadPoolExecutor(6) as pool:
            together = list(
                pool.map(lambda text: predict(app.test_client(), tasks_of(text), fresh)[0], texts)
            )
        assert len(together) == len(alone)
        for one, other in zip(alone, together, strict=True):
            assert other["result"][0]["value"]["choices"][0] in ("positive", "negative")
            assert one["result"]

    def test_asking_again_does_not_ask_the_model(self, client: FlaskClient, app: Flask) -> None:
        backend: Backend = app.extensions["tandem"]
        first = predict(client, tasks_of("Never asked before."))
        asked = backend.metrics.scores.labels("model")._value.get()
        assert predict(client, tasks_of("Never asked before.")) == first
        assert backend.metrics.scores.labels("model")._value.get() == asked


class TestOtherRoutes:
    @pytest.mark.parametrize("project", ["", "x", "../1", "²", "9" * 5000])
    def test_versions_of_no_project_are_none(self, client: FlaskClient, project: str) -> None:
        answer = client.get("/models", query_string={"project": project})
        assert (answer.status_code, answer.get_json()) == (200, {"models": [], "removed": 0})

    def test_health_says_that_the_model_is_ready(self, client: FlaskClient) -> None:
        health = client.get("/health").get_json()
        assert (health["status"], health["model"], health["model_class"]) == (
            "UP",
            "ready",
            "Tandem",
        )

    @pytest.mark.parametrize(
        "action",
        ["START_TRAINING", "ANNOTATION_CREATED", "ANNOTATIONS_DELETED", "PROJECT_UPDATED", "NEW"],
    )
    def test_webhook_takes_note_whatever_the_action(self, client: FlaskClient, action: str) -> None:
        answer = client.post("/webhook", json={"action": action, "project": {"id": 1}})
        assert answer.status_code == 200
        assert answer.get_json()["action"] == action

    def test_metrics_count_what_was_done(self, client: FlaskClient) -> None:
        predict(client, tasks_of(GOOD[0], None))
        text = client.get("/metrics").get_data(as_text=True)
        assert "tandem_model_ready 1.0" in text
        assert re.search(r'tandem_tasks_total\{outcome="failed"\} [1-9]', text)
        assert re.search(r'tandem_http_requests_total\{route="/predict",status="200"\} [1-9]', text)

    def test_an_unknown_route_is_json_too(self, client: FlaskClient) -> None:
        answer = client.get("/nowhere")
        assert answer.status_code == 404
        assert answer.get_json()["error"]

    def test_a_config_that_cannot_be_answered_says_why(self, client: FlaskClient) -> None:
        image = '<View><Image name="i" value="$i"/><RectangleLabels name="r" toName="i"/></View>'
        answer = client.post("/setup", json={"project": "1.1", "schema": image})
        assert answer.status_code == 400
        assert "no control that Tandem can answer" in answer.get_json()["error"]


class TestRequestId:
    def test_is_given_back_as_it_came(self, client: FlaskClient) -> None:
        answer = client.get("/health", headers={"X-Request-ID": "7f3a"})
        assert answer.headers["X-Request-ID"] == "7f3a"

    def test_is_made_where_none_came(self, client: FlaskClient) -> None:
        assert len(client.get("/health").headers["X-Request-ID"]) == 32


class TestJudge:
    def test_says_of_each_label_how_probable_and_why(self, client: FlaskClient) -> None:
        labels = [{"text": text, "label": "positive"} for text in (GOOD[0], BAD[0])]
        body = {"labels": labels, "label_config": SENTIMENT, "reasons": True}
        answer = client.post("/judge", json=body)
        assert answer.status_code == 200, answer.json
        content = answer.get_json()
        assert content["model"] == "SmolLM2-135M-Instruct"
        assert all(0 < one["p_true"] < 1 for one in content["results"])
        assert any(one.get("reason") for one in content["results"])
