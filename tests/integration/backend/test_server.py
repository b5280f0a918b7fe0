"""`tandem serve` as a process: there at once, answers when it can, and ends without a trace."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
from filelock import FileLock

from backend.engines.bundled import NAME
from tandem.servers.backend import BackendServer
from tests.support.label_configs import choices
from tests.support.log_lines import of_another_form

pytestmark = pytest.mark.model

SOON = 60.0
CONFIG = choices(["positive", "negative"])
SETUP = {"project": "1.1700000000", "schema": CONFIG}
PREDICT = {"tasks": [{"id": 1, "data": {"text": "A lovely film."}}], "label_config": CONFIG}


@pytest.fixture
def server(tmp_path: Path) -> Iterator[BackendServer]:
    with BackendServer(tmp_path / "data") as server:
        yield server


@pytest.fixture
def loading_server(tmp_path: Path) -> Iterator[BackendServer]:
    """One that finds the model's conversion under way in another process: in this one."""
    cache = tmp_path / "cache"
    cache.mkdir()
    with (
        FileLock((cache / NAME).with_suffix(".lock")),
        BackendServer(
            tmp_path / "data", TANDEM_CACHE=str(cache), TANDEM_BACKEND__PREDICT_BUDGET="0.1"
        ) as server,
    ):
        yield server


def post(server: BackendServer, path: str, body: object) -> httpx.Response:
    return httpx.post(server.url + path, json=body, timeout=SOON)


def tell_to_stop(server: BackendServer) -> int:
    """Send SIGTERM as an init system does, to the process alone; gives its exit status."""
    process = server._process
    assert process is not None
    process.send_signal(signal.SIGTERM)
    return process.wait(SOON)


def assert_nothing_is_left(server: BackendServer) -> None:
    group = server.process_id
    assert group is not None
    with pytest.raises(ProcessLookupError):
        os.killpg(group, 0)
    with pytest.raises(httpx.ConnectError):
        httpx.get(server.url + "/health")
    assert of_another_form(server.log.read_text()) == []


def test_it_predicts_what_setup_told_and_ends_when_told(server: BackendServer) -> None:
    assert httpx.get(server.url + "/health").json()["status"] == "UP"
    version = post(server, "/setup", SETUP).json()["model_version"]
    answer = post(server, "/predict", PREDICT)
    assert answer.status_code == 200, answer.text
    assert answer.json()["results"][0]["model_version"] == version
    assert httpx.get(server.url + "/health").json()["model"] == "ready"
    assert tell_to_stop(server) == 0
    assert_nothing_is_left(server)


def test_told_to_stop_in_the_middle_it_answers_what_it_took_and_loses_nothing(
    server: BackendServer,
) -> None:
    texts = [f"A film like number {number}, and no other." for number in range(80)]
    tasks = [{"id": number, "data": {"text": text}} for number, text in enumerate(texts)]
    body = {"tasks": tasks, "label_config": CONFIG, "bulk": True}
    assert post(server, "/predict", PREDICT).status_code == 200
    with ThreadPoolExecutor(2) as pool:
        asked = pool.submit(post, server, "/predict", body)
        while not httpx.get(server.url + "/health").json()["work"]["bulk"]["in_flight"]:
            pass
        stopped = pool.submit(tell_to_stop, server)
        while (refused := post(server, "/predict", PREDICT)).status_code == 200:
            pass
        assert (refused.status_code, refused.headers["Retry-After"]) == (503, "10")
        assert httpx.get(server.url + "/health").json()["status"] == "UP"
        first = asked.result()
        assert first.status_code == 200
        assert stopped.result() == 0
    with server:
        assert post(server, "/predict", body).json() == first.json()
        metrics = httpx.get(server.url + "/metrics").text
    assert 'tandem_scores_total{source="model"} 0.0' in metrics


def test_while_it_loads_it_answers_and_ends_when_told(loading_server: BackendServer) -> None:
    health = httpx.get(loading_server.url + "/health").json()
    assert (health["status"], health["model"]) == ("UP", "loading")
    assert post(loading_server, "/setup", SETUP).json()["model_version"].startswith(NAME)
    answer = post(loading_server, "/predict", PREDICT)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "2")
    assert tell_to_stop(loading_server) == 0
    assert_nothing_is_left(loading_server)


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        ({"TANDEM_MODEL__ENGINE": "nope"}, "model.engine must be one of transformers, openai"),
        ({"TANDEM_MODEL__ENGINE": "openai"}, "No model of the server is named"),
    ],
    ids=["engine", "model"],
)
def test_what_cannot_be_named_is_told_in_one_line_before_it_serves(
    variables: dict[str, str], said: str, tmp_path: Path
) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tandem", "serve"],
        cwd=tmp_path,
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        timeout=SOON,
        check=False,
    )
    assert done.returncode == 1
    [line] = done.stderr.strip().splitlines()
    assert said in line
