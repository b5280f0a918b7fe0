"""What a request may hold, and what is said of one that holds more."""

import gzip
import io
import json

import pytest
from flask.testing import FlaskClient

from backend.http.body_input import BadFraming, BodyInput
from backend.http.limits import MOST_TASKS, BodyRoom, TooLarge
from backend.http.webhooks import MOST_PROJECTS, START_TRAINING
from backend.runtime.retry_later import RetryLater
from labeling.logs.lines import TextLine
from labeling.protocol.body import LONGEST_CONFIG
from tests.support.backend_fixtures import NewApp
from tests.support.label_configs import choices

CONFIG = choices(["positive", "negative"])
POSTED = ("/predict", "/learn", "/judge", "/embed", "/annotate", "/setup", "/webhook")


@pytest.fixture
def client(new_app: NewApp) -> FlaskClient:
    return new_app().test_client()


class TestTasks:
    def test_more_than_a_request_may_hold_are_a_413_with_both_numbers(
        self, client: FlaskClient
    ) -> None:
        body = {"tasks": [None] * (MOST_TASKS + 1), "label_config": CONFIG}
        answer = client.post("/predict", json=body)
        assert answer.status_code == 413
        assert "10,001 tasks, and may hold 10,000" in answer.get_json()["error"]

    def test_as_many_as_a_request_may_hold_are_answered(self, client: FlaskClient) -> None:
        body = {"tasks": [None] * MOST_TASKS, "label_config": CONFIG}
        answer = client.post("/predict", json=body)
        assert answer.status_code == 200
        assert len(answer.get_json()["results"]) == MOST_TASKS

    @pytest.mark.parametrize("task_id", ["a", "x" * 100_000, 10**30, -1, None, {}, [1], 1.5, True])
    def test_whatever_a_task_s_id_is_its_text_is_answered(
        self, client: FlaskClient, task_id: object
    ) -> None:
        tasks = [{"id": task_id, "data": {"text": "Fine."}}]
        answer = client.post("/predict", json={"tasks": tasks, "label_config": CONFIG})
        [result] = answer.get_json()["results"]
        assert "error" not in result

    @pytest.mark.parametrize("depth", [300, 600, 900])
    @pytest.mark.parametrize("kind", ["list", "object"])
    def test_one_that_is_nested_deeply_fails_none_of_its_neighbours(
        self, client: FlaskClient, depth: int, kind: str
    ) -> None:
        opening, closing = {"list": ("[", "]"), "object": ('{"text":', "}")}[kind]
        deep = opening * depth + "1" + closing * depth
        body = f'{{"tasks": [{{"data": {{"text": {deep}}}}}, {{"data": {{"text": "Fine."}}}}]'
        answer = client.post("/predict", data=f'{body}, "label_config": {json.dumps(CONFIG)}}}')
        assert answer.status_code == 200, answer.get_json()
        assert "error" not in answer.get_json()["results"][1]


class TestBodies:
    @pytest.mark.parametrize("route", POSTED)
    @pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "GZIP", "x-unknown"])
    def test_one_that_is_compressed_is_never_unpacked(
        self, client: FlaskClient, route: str, encoding: str
    ) -> None:
        answer = client.post(
            route, data=gzip.compress(b"0" * 1_000_000), headers={"Content-Encoding": encoding}
        )
        assert answer.status_code == 415
        assert "Content-Encoding" in answer.get_json()["error"]

    @pytest.mark.parametrize("route", POSTED)
    @pytest.mark.parametrize(
        ("body", "content_type"),
        [
            (b"project=7", "application/x-www-form-urlencoded"),
            (b"--x\r\n\r\n--x--", "multipart/form-data; boundary=x"),
            (b"<xml/>", "text/xml"),
            ('{"project": 7}'.encode("utf-16"), "application/json; charset=no-such-charset"),
            (b"", ""),
        ],
        ids=["form", "multipart", "XML", "charset", "nothing"],
    )
    def test_one_of_another_kind_is_a_400(
        self, client: FlaskClient, route: str, body: bytes, content_type: str
    ) -> None:
        answer = client.post(route, data=body, content_type=content_type)
        assert answer.status_code == 400
        assert answer.get_json()["error"]

    @pytest.mark.parametrize("content_type", ["application/json", "text/plain", ""])
    def test_json_is_json_whatever_it_is_called(
        self, client: FlaskClient, content_type: str
    ) -> None:
        body = json.dumps({"project": "7.1", "schema": CONFIG})
        assert client.post("/setup", data=body, content_type=content_type).status_code == 200

    def test_one_that_breaks_off_is_a_408(self, client: FlaskClient) -> None:
        class Broken(io.BytesIO):
            def read(self, _: int | None = -1) -> bytes:
                raise ConnectionResetError

        environ = {"wsgi.input": Broken(), "CONTENT_LENGTH": "100"}
        answer = client.post("/setup", environ_overrides=environ)
        assert answer.status_code == 408
        assert "body_timeout" in answer.get_json()["error"]

    @pytest.mark.parametrize("route", ["/predict", "/learn", "/judge", "/setup"])
    def test_a_label_config_has_a_length_too(self, client: FlaskClient, route: str) -> None:
        config = CONFIG + " " * LONGEST_CONFIG
        body = {
            "tasks": [],
            "labels": [],
            "label_config": config,
            "schema": config,
            "project": 7,
        }
        answer = client.post(route, json=body)
        assert answer.status_code == 400
        assert "4194304 characters" in answer.get_json()["error"]


class TestBodyInput:
    def test_one_byte_more_than_it_may_have_is_too_large(self) -> None:
        assert BodyInput(io.BytesIO(bytes(10)), 10, BodyRoom()).read() == bytes(10)
        with pytest.raises(TooLarge, match="larger than 10 bytes"):
            BodyInput(io.BytesIO(bytes(11)), 10, BodyRoom()).read(10)

    def test_what_is_no_http_is_an_error_of_its_own(self) -> None:
        class Chunks(io.RawIOBase):
            def read(self, _: int | None = -1) -> bytes:
                raise LookupError("no chunk")

        with pytest.raises(BadFraming):
            BodyInput(Chunks(), 10, BodyRoom()).read(1)

    def test_bodies_together_have_so_much_room_and_give_it_back(self) -> None:
        room = BodyRoom(largest=100)
        first = BodyInput(io.BytesIO(bytes(80)), 1000, room)
        second = BodyInput(io.BytesIO(bytes(80)), 1000, room)
        first.read(80)
        with pytest.raises(RetryLater, match="hold 100 bytes"):
            second.read(80)
        first.close()
        first.close()
        assert second.read(80) == b""

    def test_one_alone_always_has_room(self) -> None:
        alone = BodyInput(io.BytesIO(bytes(300)), 1000, BodyRoom(largest=100))
        assert [len(alone.read(100)) for _ in range(3)] == [100] * 3


class TestProjects:
    def test_thousands_that_ask_for_training_are_not_all_remembered(
        self, client: FlaskClient
    ) -> None:
        for project in range(1, MOST_PROJECTS + 100):
            client.post("/webhook", json={"action": START_TRAINING, "project": {"id": project}})
        trainings = client.get("/health").get_json()["trainings"]
        assert len(trainings) == MOST_PROJECTS
        assert str(MOST_PROJECTS + 99) in trainings

    def test_one_that_is_null_has_learned_nothing(self, client: FlaskClient) -> None:
        body = {"tasks": [{"data": {"text": "Fine."}}], "label_config": CONFIG, "project": None}
        assert client.post("/predict", json=body).status_code == 200
        lesson = {"project": None, "label_config": CONFIG}
        assert client.post("/learn", json=lesson).status_code == 400


class TestRequestIds:
    def test_the_caller_s_own_comes_back(self, client: FlaskClient) -> None:
        answer = client.get("/health", headers={"X-Request-ID": "pass-17.3"})
        assert answer.headers["X-Request-ID"] == "pass-17.3"

    @pytest.mark.parametrize("given", [None, "", "two words", "x" * 1000, "a\tb", "ü"])
    def test_what_could_garble_a_log_is_replaced(
        self, client: FlaskClient, given: str | None
    ) -> None:
        headers = {} if given is None else {"X-Request-ID": given}
        found = client.get("/health", headers=headers).headers["X-Request-ID"]
        assert found != given
        assert found.isalnum()

    def test_a_failure_names_it_in_the_log(
        self, client: FlaskClient, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        caplog.handler.setFormatter(TextLine())
        monkeypatch.setattr("backend.service.results_of", None)
        body = {"tasks": [{"data": {"text": "Fine."}}], "label_config": CONFIG}
        answer = client.post("/predict", json=body, headers={"X-Request-ID": "pass-17"})
        assert answer.status_code == 500
        assert "pass-17 A request failed: TypeError" in caplog.text
