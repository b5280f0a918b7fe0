"""`tandem dashboard --links`: everybody's link, printed and renewed."""

import json
import stat
from pathlib import Path

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
