"""Whatever is posted, the answer is JSON, never a 500, and the service lives on."""

import json
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.label_configs import choices

pytestmark = pytest.mark.model

ROUTES = ("/predict", "/setup", "/webhook", "/learn", "/judge", "/embed", "/annotate")
CONFIG = choices(["positive", "negative"])

json_values: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(alphabet=st.characters(codec=None, categories=None)),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
configs = st.sampled_from([CONFIG, "", "<View/>", "<View>", "no XML", "<View><Choices/></View>"])
tasks = st.lists(
    json_values
    | st.fixed_dictionaries({"id": json_values, "data": json_values})
    | st.fixed_dictionaries({"data": st.fixed_dictionaries({"text": json_values})}),
    max_size=2,
)
bodies = st.fixed_dictionaries(
    {},
    optional={
        "tasks": tasks | json_values,
        "label_config": configs | json_values,
        "schema": configs | json_values,
        "project": st.sampled_from(["1.17", "1", 1, None, "../../etc", "1/2", -1]) | json_values,
        "params": json_values,
        "action": st.text() | json_values,
        "instruction": st.text(max_size=20) | json_values,
        "labels": st.lists(
            st.fixed_dictionaries({"text": st.text(max_size=5), "label": st.text(max_size=5)}),
            max_size=2,
        )
        | json_values,
        "texts": st.lists(st.text(max_size=10), max_size=2) | json_values,
        "open_texts": st.lists(st.text(max_size=10), max_size=2) | json_values,
        "answers": st.lists(
            st.fixed_dictionaries({"text": st.text(max_size=5), "label": st.text(max_size=5)}),
            max_size=2,
        )
        | json_values,
    },
)
many = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def assert_bearable(client: FlaskClient, route: str, body: bytes | str) -> None:
    answer = client.post(route, data=body, content_type="application/json")
    content = answer.get_json()
    assert answer.status_code < 500 or answer.status_code == 502, content
    if answer.status_code != 200:
        assert content["error"]
        assert "Traceback" not in content["error"]
    assert client.get("/health").get_json()["status"] == "UP"


@pytest.mark.parametrize("route", ROUTES)
@given(body=bodies | json_values)
@many
def test_any_json(client: FlaskClient, route: str, body: object) -> None:
    assert_bearable(client, route, json.dumps(body))


@pytest.mark.parametrize("route", ROUTES)
@given(body=st.binary(max_size=200))
@many
def test_any_bytes(client: FlaskClient, route: str, body: bytes) -> None:
    assert_bearable(client, route, body)


@pytest.mark.parametrize("route", ROUTES)
@pytest.mark.parametrize(
    "body",
    [
        "",
        "{",
        "null",
        "[]",
        '"text"',
        "[" * 100_000,
        '{"a":' * 5_000 + "1" + "}" * 5_000,
        '{"project": ' + "9" * 5_000 + "}",
        '{"tasks": NaN, "label_config": Infinity}',
        "\ufeff{}",
    ],
    ids=[
        "empty",
        "cut off",
        "null",
        "list",
        "string",
        "deep list",
        "deep object",
        "huge number",
        "NaN",
        "byte order mark",
    ],
)
def test_malformed_is_a_400(client: FlaskClient, route: str, body: str) -> None:
    answer = client.post(route, data=body.encode(), content_type="application/json")
    assert answer.status_code == 400
    assert answer.get_json()["error"]


@pytest.mark.parametrize("project", ["../../etc", "1/../2", "-1", "1e5", "²", True, [], "x"])
def test_a_project_that_is_no_id_is_a_400(client: FlaskClient, project: object) -> None:
    body = {"project": project, "schema": CONFIG}
    assert client.post("/setup", json=body).status_code == 400


def test_a_body_that_is_too_large_is_refused_in_json(client: FlaskClient) -> None:
    answer = client.post(
        "/predict",
        data=b"{}",
        content_type="application/json",
        headers={"Content-Length": str(10**12)},
        environ_overrides={"CONTENT_LENGTH": str(10**12)},
    )
    assert answer.status_code == 413
    assert answer.get_json()["error"]
