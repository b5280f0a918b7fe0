"""The ML backend's client: in chunks, patient while the model loads, clear about failures."""

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import numpy as np
import pytest

from labeling.errors import BackendUnreachable, SettingsError
from labeling.protocol.embed import encoded
from labeling.protocol.learn import AnsweredText, LearnRequest, LearnResponse
from labeling.protocol.models import ModelsResponse
from labeling.protocol.predict import JobStatus
from routing.model.client import BackendClient
from tests.support.fitted_versions import entry
from tests.support.serving import Reply, Script, as_json, serving


class Serve:
    """Serves what a script says, at the address that it gives, until the test ends."""

    def __init__(self, until_the_end: ExitStack) -> None:
        self.stack = until_the_end

    def __call__(self, script: Script) -> str:
        return self.stack.enter_context(serving(script))


@pytest.fixture
def serve() -> Iterator[Serve]:
    with ExitStack() as stack:
        yield Serve(stack)


TASKS = [{"id": number, "data": {"text": f"Text {number}"}} for number in range(150)]


def answering(body: Any) -> list[dict[str, Any]]:
    return [{"result": [], "score": one["id"] / 150, "model_version": "v"} for one in body["tasks"]]


def test_many_tasks_are_asked_in_chunks_and_answered_in_order(serve: Serve) -> None:
    sizes = []

    def script(_: str, path: str, body: Any, __: str | None) -> Reply:
        assert (path, body["project"], body["label_config"]) == ("/predict", "4", "<View/>")
        sizes.append(len(body["tasks"]))
        return as_json({"results": answering(body)})

    told: list[tuple[str, int, int]] = []
    results = BackendClient(serve(script)).predict(
        4, "<View/>", TASKS, lambda step, done, total: told.append((step, done, total))
    )
    assert [one["score"] for one in results] == [number / 150 for number in range(150)]
    assert sizes == [64, 64, 22]
    assert told == [("Predictions", done, 150) for done in (64, 128, 150)]


def test_each_chunk_says_that_it_is_bulk_and_how_far_the_job_is(serve: Serve) -> None:
    told = []

    def script(_: str, __: str, body: Any, ___: str | None) -> Reply:
        told.append((body["bulk"], body["job"]))
        return as_json({"results": answering(body)})

    client = BackendClient(serve(script))
    client.predict(4, "<View/>", TASKS[:70], job=JobStatus(id="films", done=1000, total=5000))
    assert told == [
        (True, {"id": "films", "done": 1000, "total": 5000}),
        (True, {"id": "films", "done": 1064, "total": 5000}),
    ]


def test_a_loading_backend_is_asked_again(serve: Serve) -> None:
    asked = []

    def script(_: str, __: str, body: Any, ___: str | None) -> Reply:
        asked.append(body)
        if len(asked) < 3:
            return as_json({"error": "The model is loading"}, 503, Retry_After="0")
        return as_json({"results": answering(body)})

    assert len(BackendClient(serve(script)).predict(1, "<View/>", TASKS[:2])) == 2
    assert len(asked) == 3


def test_what_the_time_budget_left_out_is_asked_for_again(serve: Serve) -> None:
    asked: list[list[int]] = []

    def script(_: str, __: str, body: Any, ___: str | None) -> Reply:
        asked.append([task["id"] for task in body["tasks"]])
        late = [{"result": [], "score": 0.0, "error": "Too late", "retry": True}]
        return as_json({"results": answering(body)[:2] + late * (len(body["tasks"]) - 2)})

    results = BackendClient(serve(script)).predict(1, "<View/>", TASKS[:6])
    assert len(asked) == 3
    assert [len(ids) for ids in asked] == [6, 4, 2]
    assert not any("error" in one for one in results)


def test_a_backend_that_gets_nothing_done_is_told(serve: Serve) -> None:
    late = {"result": [], "score": 0.0, "error": "Too late", "retry": True}
    client = BackendClient(serve(lambda *_: as_json({"results": [late]})))
    with pytest.raises(BackendUnreachable, match="answered none"):
        client.predict(1, "<View/>", TASKS[:1])


def test_credentials_are_sent(serve: Serve) -> None:
    def script(_: str, __: str, ___: Any, authorization: str | None) -> Reply:
        if authorization != "Basic YWRhOnB3":
            return as_json({"error": "Credentials are needed"}, 401)
        return as_json({"models": []})

    url = serve(script)
    assert BackendClient(url, ("ada", "pw")).models(3).models == []
    with pytest.raises(BackendUnreachable, match="refuses the credentials"):
        BackendClient(url).models()


def test_health_and_models_ask_what_the_contract_says(serve: Serve) -> None:
    paths = []

    def script(method: str, path: str, _: Any, __: str | None) -> Reply:
        paths.append(f"{method} {path}")
        return as_json({"status": "UP", "model": "ready", "models": []})

    client = BackendClient(serve(script) + "/")
    assert client.health().model == "ready"
    client.models()
    assert paths == ["GET /health", "GET /models"]


def test_versions_are_listed_with_all_that_is_known_of_them(serve: Serve) -> None:
    versions = [entry("v2"), entry("v1", status="superseded", by="v2")]
    known, paths = ModelsResponse(models=versions, removed=3), []

    def script(method: str, path: str, _: Any, __: str | None) -> Reply:
        paths.append(f"{method} {path}")
        return as_json(known.model_dump(mode="json"))

    assert BackendClient(serve(script)).models(5) == known
    assert paths == ["GET /models?project=5"]


def test_a_version_is_put_in_force(serve: Serve) -> None:
    sent = []

    def script(method: str, path: str, body: Any, _: str | None) -> Reply:
        sent.append((f"{method} {path}", body))
        return as_json({"name": "v1", "before": "v2"})

    used = BackendClient(serve(script)).use(5, "<View/>", "v1")
    assert (used.name, used.before) == ("v1", "v2")
    body = {"project": "5", "label_config": "<View/>", "name": "v1"}
    assert sent == [("POST /models/use", body)]


def test_a_version_that_does_not_apply_is_told_in_the_backend_s_words(serve: Serve) -> None:
    client = BackendClient(serve(lambda *_: as_json({"error": "It does not apply. Go on."}, 422)))
    with pytest.raises(SettingsError) as caught:
        client.use(5, "<View/>", "v1")
    assert str(caught.value) == "It does not apply. Go on."


def test_teaching_sends_everything_and_gives_the_new_version(serve: Serve) -> None:
    training_set = LearnRequest(
        project="1",
        label_config="<View/>",
        instruction="Judge the tone",
        texts=["Good", "Bad"],
        answers=[AnsweredText(text="Good", label="positive", probability=0.9)],
        open_texts=["Bad"],
    )

    def script(_: str, path: str, body: Any, __: str | None) -> Reply:
        assert path == "/learn"
        assert LearnRequest.model_validate(body) == training_set
        return as_json({"model_version": "tiny-00000001", "report": {"ece": 0.03}})

    reply = BackendClient(serve(script)).learn(training_set)
    assert reply == LearnResponse(model_version="tiny-00000001", report={"ece": 0.03})


def test_what_is_believed_of_the_answers_is_one_belief_each(serve: Serve) -> None:
    believed = {"answer": "good", "confidence": 0.8, "calibrated": True, "parts": {}}
    reply = as_json({"model_version": "tiny-00000001", "held_out": [believed, None]})
    body = LearnRequest(
        project="1", label_config="<View/>", answers=[AnsweredText(text="Good", label="good")]
    )
    with pytest.raises(BackendUnreachable, match="2 beliefs for 1 answers"):
        BackendClient(serve(lambda *_: reply)).learn(body)


@pytest.mark.parametrize(
    ("reply", "cause"),
    [
        (as_json({"error": "Body without tasks"}, 400), "Body without tasks"),
        (as_json({"oops": 1}, 500), "500"),
        (as_json({"results": []}), "0 results for 1 tasks"),
        (as_json({"answers": []}), "not Tandem's ML backend"),
        (as_json([]), "not Tandem's ML backend"),
        ((200, {}, b"<html>Welcome to nginx</html>"), "not Tandem's ML backend"),
    ],
)
def test_what_is_no_answer_is_named(serve: Serve, reply: Reply, cause: str) -> None:
    client = BackendClient(serve(lambda *_: reply))
    with pytest.raises(BackendUnreachable, match=cause):
        client.predict(1, "<View/>", TASKS[:1])


@pytest.mark.parametrize("url", ["http://127.0.0.1:1", "http://no.such.host.invalid", "nonsense"])
def test_a_wrong_address_is_named(url: str) -> None:
    with pytest.raises(BackendUnreachable, match="does not answer") as caught:
        BackendClient(url, ("ada", "hunter2")).health()
    assert url in str(caught.value)
    assert "hunter2" not in str(caught.value)


class TestEmbed:
    def test_many_texts_are_asked_in_chunks_and_answered_in_order(self, serve: Serve) -> None:
        sizes = []

        def script(_: str, path: str, body: Any, __: str | None) -> Reply:
            assert path == "/embed"
            sizes.append(len(body["texts"]))
            vectors = [encoded(np.array([int(one), 1], np.float32)) for one in body["texts"]]
            return as_json({"model": "mini", "vectors": vectors})

        found = BackendClient(serve(script)).embed([str(number) for number in range(1_200)])
        assert found is not None
        assert [vector[0] for vector in found if vector is not None] == [*range(1_200)]
        assert sizes == [500, 500, 200]

    def test_a_text_may_have_none(self, serve: Serve) -> None:
        def script(*_: Any) -> Reply:
            return as_json({"model": "mini", "vectors": [None, encoded(np.ones(2, np.float32))]})

        found = BackendClient(serve(script)).embed(["late", "in time"])
        assert found is not None
        assert [one is None for one in found] == [True, False]

    def test_a_backend_without_a_model_gives_none_at_all(self, serve: Serve) -> None:
        url = serve(lambda *_: as_json({"model": None, "vectors": []}))
        assert BackendClient(url).embed(["one"]) is None

    @pytest.mark.parametrize("vectors", [[], ["no base64!"], ["AA=="]])
    def test_what_is_no_vector_a_text_is_no_answer(self, serve: Serve, vectors: list[str]) -> None:
        url = serve(lambda *_: as_json({"model": "mini", "vectors": vectors}))
        with pytest.raises(BackendUnreachable, match="not Tandem's ML backend"):
            BackendClient(url).embed(["one"])
