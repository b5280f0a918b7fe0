"""The lock of a project: one controller at a time, on SQLite and on PostgreSQL, until it dies."""

import multiprocessing
import os
import signal
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, text

from labeling.errors import Busy, LedgerError
from routing.ledger import Ledger, lock
from routing.ledger.database import connect
from routing.ledger.lock import locked

PROJECT = 3
SECONDS = 60

END_ALL = text(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
)

_processes = multiprocessing.get_context("spawn")


class Controller:
    """A controller in a process of its own, which has locked a project."""

    def __init__(self, url: str) -> None:
        self._line, theirs = _processes.Pipe()
        self.process = _processes.Process(target=_hold, args=(url, theirs))
        self.process.start()
        assert self._line.poll(SECONDS), "it does not come to lock the project"
        assert self._line.recv() == "locked"

    def kill(self) -> None:
        assert self.process.pid is not None
        os.kill(self.process.pid, signal.SIGKILL)
        self.process.join(SECONDS)

    def end(self) -> None:
        self._line.send("end")
        self.process.join(SECONDS)
        self._line.close()


def _hold(url: str, line: Connection) -> None:
    with locked(connect(url), PROJECT):
        line.send("locked")
        line.recv()


@pytest.fixture
def other(database_url: str) -> Iterator[Controller]:
    """Another controller, at work on the project."""
    controller = Controller(database_url)
    yield controller
    controller.process.kill()
    controller.process.join(SECONDS)


def is_free(url: str, project: int = PROJECT) -> bool:
    engine = connect(url)
    try:
        with locked(engine, project):
            return True
    except Busy:
        return False
    finally:
        engine.dispose()


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lets PostgreSQL's answer stand that somebody is at work."""
    monkeypatch.setattr(lock, "NOTICE_SECONDS", 0)


@pytest.mark.usefixtures("at_once")
def test_another_controller_is_kept_out_until_the_first_is_done(
    database_url: str, other: Controller
) -> None:
    assert not is_free(database_url)
    assert is_free(database_url, PROJECT + 1), "another project is worked on meanwhile"
    other.end()
    assert is_free(database_url)


def test_a_controller_that_is_killed_lets_go(database_url: str, other: Controller) -> None:
    other.kill()
    assert is_free(database_url)


@pytest.mark.postgres
def test_postgresql_is_given_time_to_notice_that_a_holder_has_ended(postgres_url: str) -> None:
    engine, server = connect(postgres_url), connect(postgres_url)
    asked: list[str] = []
    with ExitStack() as first:
        first.enter_context(locked(server, PROJECT))

        def end_first(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
            asked.append(statement)
            if sum("try_advisory" in one for one in asked) == 2:
                first.close()

        event.listen(engine, "after_cursor_execute", end_first)
        with locked(engine, PROJECT):
            pass
    engine.dispose()
    server.dispose()


@pytest.mark.postgres
@pytest.mark.usefixtures("at_once")
def test_on_postgresql_it_is_told_who_is_at_work(postgres_url: str) -> None:
    other, engine = Controller(postgres_url), connect(postgres_url)
    holder = f"process {other.process.pid} on {socket.gethostname()}"
    with pytest.raises(Busy, match=holder), locked(engine, PROJECT):
        pass
    engine.dispose()
    other.end()


@pytest.mark.postgres
def test_a_server_that_ends_in_the_midst_ends_the_pass_in_one_line(
    postgres_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    ledger, server = Ledger(postgres_url, PROJECT), connect(postgres_url)
    ledger.upgrade()

    def make_pass() -> None:
        with locked(ledger.engine, PROJECT):
            ledger.state()
            with server.connect() as connection:
                connection.execute(END_ALL)
            ledger.state()

    with pytest.raises(LedgerError, match="does not answer"):
        make_pass()
    assert caplog.records == [], "nothing is said beside the one line"
    with locked(ledger.engine, PROJECT):
        assert ledger.state().tasks == {}, "the next pass goes on"
    ledger.close()
    server.dispose()


def test_ledgers_of_two_data_folders_on_one_file_share_a_lock(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/shared/ledger.sqlite3"
    one, other = Ledger(url, PROJECT), Ledger(url, PROJECT)
    with locked(one.engine, PROJECT), pytest.raises(Busy), locked(other.engine, PROJECT):
        pass
    one.close()
    other.close()


def test_a_folder_that_cannot_hold_a_lock_is_named(tmp_path: Path) -> None:
    ledger = Ledger(f"sqlite:///{tmp_path}/data/ledger.sqlite3", PROJECT)
    (tmp_path / "data" / f"project-{PROJECT}.lock").mkdir()
    told = pytest.raises(LedgerError, match=f"locked.*project-{PROJECT}.lock")
    with told, locked(ledger.engine, PROJECT):
        pass
    ledger.close()
