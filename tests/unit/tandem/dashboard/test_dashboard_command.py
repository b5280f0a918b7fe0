"""`tandem dashboard`: everybody's link, printed and renewed, and the pages behind them, served."""

import json
import signal
import stat
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from tests.support.commands import settle, tandem, the_line, the_object

REVIEWERS = [{"email": "ada@example.org"}, {"email": "ben@example.org"}]


@pytest.fixture(autouse=True)
def settings(empty_folder: None, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: ARG001
    settle()
    monkeypatch.setenv("TANDEM_REVIEWERS", json.dumps(REVIEWERS))


def links(*words: str) -> dict[str, str]:
    found: dict[str, str] = the_object(tandem("dashboard", *words, "--json"))["links"]
    return found


def serving(*words: str) -> "subprocess.Popen[str]":
    """Start the dashboard at a port that is free, in a process of its own."""
    command = [sys.executable, "-m", "tandem", "dashboard", "--port", "0", *words]
    return subprocess.Popen(command, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def test_everybody_s_link_is_printed_and_stays() -> None:
    first = links("--links")
    assert list(first) == ["admin", "ada@example.org", "ben@example.org"]
    assert first["admin"].startswith("http://127.0.0.1:8712/?token=")
    assert first["ada@example.org"].startswith("http://127.0.0.1:8712/r/")
    assert links("--links") == first
    assert f"admin: {first['admin']}" in tandem("dashboard", "--links").stdout


def test_new_links_are_all_new() -> None:
    first, second = links("--links"), links("--new-links")
    assert not set(first.values()) & set(second.values())
    assert links("--links") == second


def test_they_begin_with_how_people_reach_it() -> None:
    assert links("--links", "--url", "https://tandem.example.org/")["admin"].startswith(
        "https://tandem.example.org/?token="
    )
    assert links("--links", "--host", "192.0.2.7", "--port", "80")["admin"].startswith(
        "http://192.0.2.7:80/"
    )
    assert "0.0.0.0" not in links("--links", "--host", "0.0.0.0")["admin"]


def test_they_are_kept_where_only_their_owner_can_read_them() -> None:
    links("--links")
    [file] = Path(".tandem").glob("dashboard-*.json")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_file_that_is_broken_fails_in_a_line() -> None:
    links("--links")
    [file] = Path(".tandem").glob("dashboard-*.json")
    file.write_text("{")
    assert "--new-links" in the_line(tandem("dashboard", "--links"))


def test_it_serves_until_it_is_told_to_stop_while_label_studio_is_down() -> None:
    command = [sys.executable, "-m", "tandem", "dashboard", "--port", "0"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as run:
        assert run.stdout is not None
        told = dict(run.stdout.readline().strip().split(": ", 1) for _ in range(3))
        assert run.stdout.readline() == "Ctrl-C ends it.\n"
        page = httpx.get(told["admin"])
        assert page.status_code == 200
        assert "does not answer" in page.text
        assert httpx.get(told["ada@example.org"]).status_code == 200
        new = links("--new-links")
        assert httpx.get(told["admin"]).status_code == 404, "renewed links count at once"
        token = new["admin"].partition("?")[2]
        assert httpx.get(f"{told['admin'].partition('?')[0]}?{token}").status_code == 200
        run.send_signal(signal.SIGTERM)
        out, err = run.communicate(timeout=60)
    assert (run.returncode, out, err) == (0, "", "")


def test_an_address_that_others_reach_is_said_to_be_open() -> None:
    with serving("--host", "0.0.0.0") as run:
        assert run.stdout is not None
        lines = [run.stdout.readline() for _ in range(4)]
        run.send_signal(signal.SIGTERM)
        run.communicate(timeout=60)
    assert "open to other machines" in lines[3]
    assert "not encrypted" in lines[3]
