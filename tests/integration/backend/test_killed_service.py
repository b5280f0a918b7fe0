"""A service that is killed in mid-work is there again by itself, with the old state or the new."""

import json
import os
import signal
import time
from pathlib import Path
from typing import Any

import httpx
import pytest

from backend.versions.registry import VersionRegistry
from tests.support.even_backend import DEADLY_TEXT, KILLED_AT, EvenBackend
from tests.support.label_configs import choices

pytestmark = pytest.mark.slow

SOON = 60.0
CONFIG = choices(["positive", "negative"])
SETUP = {"project": "7.1", "schema": CONFIG}
TEXTS = [f"Text {number}." for number in range(40)]
FIRST = {
    "project": 7,
    "label_config": CONFIG,
    "instruction": "Is it positive?",
    "texts": TEXTS,
    "answers": [
        {"text": text, "label": ("positive", "negative")[number % 2]}
        for number, text in enumerate(TEXTS[:20])
    ],
}
SECOND = {**FIRST, "instruction": "Or is it negative?"}


def post(server: EvenBackend, path: str, body: object) -> httpx.Response:
    return httpx.post(server.url + path, json=body, timeout=SOON)


def version(server: EvenBackend) -> str:
    """The version in force, once the worker that was killed is there again."""
    end = time.monotonic() + SOON
    while True:
        try:
            return str(post(server, "/setup", SETUP).json()["model_version"])
        except httpx.TransportError:
            assert time.monotonic() < end


def assert_whole(data_dir: Path) -> None:
    """Check that every state is whole, and that nobody else can read any file."""
    for file in (data_dir / "learned" / "7").rglob("*"):
        assert file.stat().st_mode & 0o077 == 0
        if file.is_file() and not file.name.startswith("."):
            json.loads(file.read_text())


def learn(server: EvenBackend, training_set: object) -> dict[str, Any]:
    answer = post(server, "/learn", training_set)
    assert answer.status_code == 200, answer.text
    learned: dict[str, Any] = answer.json()
    return learned


@pytest.mark.parametrize("file", [4, 5, 6], ids=["state", "beliefs", "register"])
def test_killed_in_mid_write_it_has_the_old_state_and_learns_the_new_one_next(
    file: int, tmp_path: Path
) -> None:
    with EvenBackend(tmp_path, **{KILLED_AT: str(file)}) as server:
        first = learn(server, FIRST)["model_version"]
        with pytest.raises(httpx.TransportError):
            post(server, "/learn", SECOND)
        assert version(server) == first
        assert_whole(tmp_path)
        second = learn(server, SECOND)["model_version"]
        assert version(server) == second != first
        models = httpx.get(f"{server.url}/models?project=7", timeout=SOON).json()["models"]
        assert [one["name"] for one in models] == [second, first]
    learned = VersionRegistry(tmp_path / "learned").get("7")
    assert learned is not None
    assert learned.instruction == SECOND["instruction"]


def test_killed_in_mid_prediction_it_is_there_again_and_computes_nothing_twice(
    tmp_path: Path,
) -> None:
    tasks = [{"id": number, "data": {"text": text}} for number, text in enumerate(TEXTS)]
    deadly = {"id": len(tasks), "data": {"text": DEADLY_TEXT}}
    with EvenBackend(tmp_path) as server:
        body = {"tasks": tasks, "label_config": CONFIG}
        answered = post(server, "/predict", body).json()
        with pytest.raises(httpx.TransportError):
            post(server, "/predict", {**body, "tasks": [*tasks, deadly]})
        version(server)
        assert post(server, "/predict", body).json() == answered
        metrics = httpx.get(f"{server.url}/metrics", timeout=SOON).text
        assert 'tandem_scores_total{source="model"} 0.0' in metrics
        again = post(server, "/predict", {**body, "tasks": [*tasks, deadly]}).json()["results"]
        assert not any("error" in result for result in again)


def test_killed_as_a_whole_it_starts_with_what_it_learned(tmp_path: Path) -> None:
    with EvenBackend(tmp_path) as server:
        first = learn(server, FIRST)
        group = server.process_id
        assert group is not None
        os.killpg(group, signal.SIGKILL)
    with EvenBackend(tmp_path) as server:
        assert version(server) == first["model_version"]
        assert learn(server, FIRST) == first
