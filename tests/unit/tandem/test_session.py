"""A session: one process at a time works on a project, and what is missing is told."""

from pathlib import Path
from typing import Any

import httpx
import pytest

from labeling.errors import Busy, SettingsError, StudioUnreachable
from labeling.settings.settings import Settings
from routing.ledger.passes import last_passes
from routing.model.client import BackendClient
from tandem.servers.process import free_port
from tandem.session import Session, open_session


def session_of(folder: Path, project: int | None = 3, key: str | None = "a" * 40) -> Session:
    studio = {"project": project, "api_key": key, "url": f"http://127.0.0.1:{free_port()}"}
    return open_session(Settings.model_validate({"studio": studio, "data_dir": folder}))


def test_two_passes_at_once_are_refused(tmp_path: Path) -> None:
    first, second = session_of(tmp_path), session_of(tmp_path)
    with (
        first.alone(),
        pytest.raises(Busy, match="Another tandem is at work on project 3"),
        second.alone(),
    ):
        pass


def test_one_after_the_other_may_work_and_so_may_those_on_other_projects(tmp_path: Path) -> None:
    session = session_of(tmp_path)
    with session.alone(), session_of(tmp_path, project=4).alone():
        pass
    with session.alone():
        pass


def test_the_ledger_is_its_owner_s_alone_also_where_an_older_release_made_it(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "data"
    session_of(folder).ledger.close()
    (folder / "ledger.sqlite3").chmod(0o644)
    session = session_of(folder)
    with session.alone(), pytest.raises(StudioUnreachable):
        session.make_pass()
    written = {one.name: one.stat().st_mode & 0o777 for one in folder.iterdir()}
    assert {"ledger.sqlite3", "ledger.sqlite3-wal", "ledger.sqlite3-shm"} <= written.keys()
    assert set(written.values()) == {0o600}
    assert folder.stat().st_mode & 0o777 == 0o700
    session.ledger.close()


def test_what_failed_inside_is_told_as_it_is(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="inside"), session_of(tmp_path).alone():
        raise ValueError("inside")


def test_a_pass_that_fails_is_recorded_with_its_line(tmp_path: Path) -> None:
    nobody = {"project": 3, "api_key": "a" * 40, "url": f"http://127.0.0.1:{free_port()}"}
    session = open_session(Settings.model_validate({"studio": nobody, "data_dir": tmp_path}))
    with pytest.raises(StudioUnreachable) as caught:
        session.make_pass()
    [recorded] = last_passes(session.ledger, 5)
    assert recorded.error == " ".join(str(caught.value).split())
    assert recorded.ended_at


def test_a_dry_run_is_no_pass(tmp_path: Path) -> None:
    nobody = {"project": 3, "api_key": "a" * 40, "url": f"http://127.0.0.1:{free_port()}"}
    session = open_session(Settings.model_validate({"studio": nobody, "data_dir": tmp_path}))
    with pytest.raises(StudioUnreachable):
        session.make_pass(dry_run=True)
    assert last_passes(session.ledger, 5) == []


@pytest.mark.parametrize(
    ("missing", "said"), [({"key": None}, "no key"), ({"project": None}, "No project")]
)
def test_what_is_missing_is_told(tmp_path: Path, missing: dict[str, None], said: str) -> None:
    with pytest.raises(SettingsError, match=said):
        session_of(tmp_path, **missing)


def test_every_pass_asks_the_backend_under_an_id_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def answer(method: str, url: str, **request: Any) -> httpx.Response:
        asked.append(request["headers"]["X-Request-ID"])
        return httpx.Response(200, json={"models": []}, request=httpx.Request(method, url))

    nobody = {"project": 3, "api_key": "a" * 40, "url": f"http://127.0.0.1:{free_port()}"}
    session = open_session(Settings.model_validate({"studio": nobody, "data_dir": tmp_path}))
    monkeypatch.setattr(httpx, "request", answer)
    for _ in range(2):
        with pytest.raises(StudioUnreachable):
            session.make_pass()
        session.backend.models()
        session.backend.models()
    first, second = asked[0], asked[2]
    assert asked == [first, first, second, second]
    assert first != second
    assert session.backend.requests == 4


def test_a_pass_records_its_own_requests_also_where_it_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = session_of(tmp_path)

    def asks_twice(_: object, backend: BackendClient, *_others: object, **_more: object) -> None:
        backend.requests += 2
        raise StudioUnreachable("It is away")

    session.backend.requests = 5
    monkeypatch.setattr("tandem.session.sync", asks_twice)
    with pytest.raises(StudioUnreachable):
        session.make_pass()
    [recorded] = last_passes(session.ledger, 5)
    assert recorded.requests == 2
