"""Notifying: a command and a webhook are told once, and a failure harms no pass."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.support.memory_project import MemoryLoop, new_memory_loop, tab_called
from tests.support.memory_studio import answer_tabs
from tests.support.serving import Reply, as_json, serving

ADA, BEN = "ada@memory.localhost", "ben@memory.localhost"


@pytest.fixture
def loop(tmp_path: Path) -> MemoryLoop:
    """Four posts, none of which the model may keep, and two who review."""
    policy = {"pilot": 0, "target_error": 0.01, "max_votes": 1, "blind_share": 0}
    return new_memory_loop(tmp_path, 4, ADA, BEN, **policy)


def noted(file: Path) -> list[dict[str, Any]]:
    """What the command of `noting` was told."""
    return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []


def noting(file: Path) -> str:
    """A command, as a line for the shell, that appends what it is told to a file."""
    return f"cat >> {file}; echo >> {file}"


def test_a_command_is_told_who_got_work_once_and_once_that_all_is_done(
    loop: MemoryLoop, tmp_path: Path
) -> None:
    file = tmp_path / "noted"
    loop.sections["notify"] = {"command": noting(file)}
    loop.sync()
    loop.sync()
    assert [(one["event"], one["name"], one["left"]) for one in noted(file)] == [
        ("work", "ada", 2),
        ("work", "ben", 2),
    ]
    tab = tab_called(loop.studio, "ada").id
    assert noted(file)[0]["links"]["main"] == (
        f"http://memory/projects/{loop.studio.project_id}/data?tab={tab}&labeling=1"
    )
    assert "Text" not in file.read_text(), "no text is told"
    while loop.sync().remaining:
        answer_tabs(loop.studio, 0)
    loop.sync()
    assert [one["event"] for one in noted(file)] == ["work", "work", "done"]


def test_a_webhook_is_posted_the_same(loop: MemoryLoop) -> None:
    posted: list[Any] = []

    def take(_method: str, path: str, body: Any, _authorization: str | None) -> Reply:
        posted.append((path, body["name"]))
        return as_json({})

    with serving(take) as address:
        loop.sections["notify"] = {"webhook": f"{address}/secret"}
        loop.sync()
    assert posted == [("/secret", "ada"), ("/secret", "ben")]


@pytest.mark.parametrize(
    ("notify", "warning"),
    [
        ({"command": ["false"]}, "notify.command: the command ended with status 1"),
        ({"command": ["/no/such"]}, "notify.command: the command cannot be run"),
        (
            {"command": ["sleep", "9"], "timeout": 0.1},
            "notify.command: the command took more than 0.1 s",
        ),
        (
            {"webhook": "http://127.0.0.1:9/secret"},
            "notify.webhook: the webhook does not answer: ConnectError",
        ),
    ],
)
def test_a_failure_is_one_warning_and_tried_again_by_the_next_pass(
    loop: MemoryLoop, tmp_path: Path, notify: dict[str, Any], warning: str
) -> None:
    loop.sections["notify"] = notify
    [told] = loop.sync().warnings
    assert told.startswith(warning)
    assert "secret" not in told
    file = tmp_path / "noted"
    loop.sections["notify"] = {"command": noting(file)}
    assert loop.sync().warnings == []
    assert [one["name"] for one in noted(file)] == ["ada", "ben"]


def test_a_dry_run_notifies_nobody(loop: MemoryLoop, tmp_path: Path) -> None:
    loop.sections["notify"] = {"command": noting(tmp_path / "noted")}
    loop.sync(dry_run=True)
    assert noted(tmp_path / "noted") == []
