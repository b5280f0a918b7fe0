"""With a user set, every route but the health check asks for Basic auth, and answers in JSON."""

import base64
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.support.backend_fixtures import NewApp
from tests.support.label_configs import choices

USER, PASSWORD = "studio", "café ☕:with colon"
CONFIG = choices(["positive", "negative"])
TASKS = [{"id": 1, "data": {"text": "Fine."}}]
LESSON = {"project": 1, "label_config": CONFIG}
GUARDED: list[tuple[str, str, dict[str, Any] | None]] = [
    ("GET", "/models", None),
    ("GET", "/metrics", None),
    ("POST", "/setup", {"project": "1.17", "schema": CONFIG}),
    ("POST", "/predict", {"tasks": TASKS, "label_config": CONFIG}),
    ("POST", "/learn", LESSON),
    ("POST", "/models/use", {"project": 1, "label_config": CONFIG, "name": "even-12345678"}),
    ("POST", "/distill", LESSON),
    ("POST", "/judge", {"labels": [], "label_config": CONFIG}),
    ("POST", "/embed", {"texts": []}),
    ("POST", "/annotate", {"texts": ["Fine."], "label_config": CONFIG, "project": "1"}),
    ("POST", "/webhook", {"action": "START_TRAINING", "project": {"id": 1}}),
    ("POST", "/webhook", {"action": "ANNOTATION_CREATED", "annotation": {"id": 1}}),
]


def basic(credentials: bytes) -> str:
    return "Basic " + base64.b64encode(credentials).decode()


RIGHT = basic(f"{USER}:{PASSWORD}".encode())
WRONG = {
    "none": None,
    "empty": "",
    "another scheme": "Bearer token",
    "scheme alone": "Basic",
    "no base64": "Basic ***",
    "no colon": basic(USER.encode()),
    "wrong password": basic(f"{USER}:wrong".encode()),
    "wrong user": basic(f"other:{PASSWORD}".encode()),
    "password alone": basic(f":{PASSWORD}".encode()),
    "no password": basic(f"{USER}:".encode()),
    "beginning of the password": basic(f"{USER}:{PASSWORD[:-1]}".encode()),
    "Latin-1": basic(f"{USER}:café".encode("latin-1")),
    "no UTF-8": basic(b"\xff\xfe:\xff"),
    "other script": basic("مستخدم:密码".encode()),
    "NUL": basic(f"{USER}\0:{PASSWORD}".encode()),
}


@pytest.fixture
def app(new_app: NewApp) -> Flask:
    return new_app(backend={"user": USER, "password": PASSWORD})


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.mark.parametrize("path", ["/health", "/"])
def test_the_health_check_is_open(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer.get_json()["status"]) == (200, "UP")


@pytest.mark.parametrize(("method", "path", "body"), GUARDED)
def test_every_other_route_is_closed(
    client: FlaskClient, method: str, path: str, body: object
) -> None:
    answer = client.open(path, method=method, json=body)
    assert answer.status_code == 401
    assert "Basic" in answer.headers["WWW-Authenticate"]
    assert answer.get_json()["error"]


def test_no_route_is_forgotten(app: Flask) -> None:
    listed = {path for _, path, _ in GUARDED}
    routes = {rule.rule for rule in app.url_map.iter_rules() if rule.endpoint != "static"}
    assert routes - {"/health", "/"} == listed


@pytest.mark.parametrize(("method", "path", "body"), GUARDED)
def test_the_right_credentials_pass(
    client: FlaskClient, method: str, path: str, body: object
) -> None:
    answer = client.open(path, method=method, json=body, headers={"Authorization": RIGHT})
    # The version that is to be used is unknown, a lesson without answers makes no student, and no
    # annotator is named.
    refused = {"/models/use": 422, "/distill": 400, "/annotate": 422}
    assert answer.status_code == refused.get(path, 200), answer.data


@pytest.mark.parametrize("authorization", WRONG.values(), ids=WRONG.keys())
def test_wrong_credentials_do_not(client: FlaskClient, authorization: str | None) -> None:
    headers = {} if authorization is None else {"Authorization": authorization}
    answer = client.get("/models", headers=headers)
    assert answer.status_code == 401
    assert answer.get_json()["error"]


def test_the_password_is_not_told(client: FlaskClient, caplog: pytest.LogCaptureFixture) -> None:
    answer = client.get("/models", headers={"Authorization": basic(b"studio:guess")})
    assert "guess" not in caplog.text + answer.get_data(as_text=True)


def test_a_refused_webhook_wakes_nobody(client: FlaskClient) -> None:
    client.post("/webhook", json={"action": "START_TRAINING"})
    assert client.get("/health").get_json()["events"] == 0


def test_without_a_user_all_is_open(new_app: NewApp) -> None:
    assert new_app().test_client().get("/models").status_code == 200
