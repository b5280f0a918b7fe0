"""A backup is whole, taken while passes go on, and a ledger that was restored goes on from it."""

import stat
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from alembic import command

from labeling.errors import LedgerError, SettingsError
from routing.ledger import Ledger
from routing.ledger.backup import back_up, restore
from routing.ledger.database import migrations, writing
from routing.ledger.records import Decision
from tests.support.memory_project import MemoryLoop, new_memory_loop
from tests.support.memory_studio import answer_tabs
from tests.support.observed_tasks import NOON
from tests.support.small_disk import SmallDisk

TASKS = 60
LATE = Decision(1, 99, "review", 1, "After the backup", None, None, NOON)


@pytest.fixture
def loop(database_url: str, tmp_path: Path) -> Iterator[MemoryLoop]:
    """A project with a past, whose ledger is of either kind."""
    loop = new_memory_loop(tmp_path / "memory", TASKS, "ada@x", "ben@x", pilot=20, target_error=0.2)
    loop.ledger.close()
    loop.ledger = Ledger(database_url, loop.studio.project_id)
    loop.ledger.upgrade()
    loop.sync()
    answer_tabs(loop.studio, 1)
    loop.sync()
    yield loop
    loop.ledger.close()


def url_of(ledger: Ledger) -> str:
    return ledger.engine.url.render_as_string(hide_password=False)


def sqlite_url(file: Path) -> str:
    return f"sqlite:///{file}"


def decisions_of(ledger: Ledger) -> list[Any]:
    return sorted(ledger.state().decisions.values(), key=lambda one: one.task)


@pytest.fixture
def opened() -> Iterator[Callable[[str, int], Ledger]]:
    """Opens ledgers that are there."""
    ledgers: list[Ledger] = []

    def open_ledger(url: str, project: int) -> Ledger:
        ledgers.append(Ledger(url, project))
        return ledgers[-1]

    yield open_ledger
    for ledger in ledgers:
        ledger.close()


Opened = Callable[[str, int], Ledger]


def test_a_ledger_with_a_past_is_restored_elsewhere(
    loop: MemoryLoop, opened: Opened, tmp_path: Path
) -> None:
    file, elsewhere = tmp_path / "kept" / "backup.sqlite3", tmp_path / "new" / "ledger.sqlite3"
    made = back_up(url_of(loop.ledger), file)
    restored = restore(file, sqlite_url(elsewhere))

    assert made.rows == restored.rows
    assert made.projects == restored.projects
    assert made.projects == (loop.ledger.project,)
    main, blind = loop.ledger.counts(), loop.ledger.beside(loop.blind.project_id).counts()
    assert all(made.rows[name] == main[name] + blind[name] for name in main)
    ledger = opened(sqlite_url(elsewhere), loop.ledger.project)
    assert ledger.state() == loop.ledger.state()
    assert ledger.identity() == loop.ledger.identity()
    before, loop.ledger = loop.ledger, ledger
    assert loop.sync(dry_run=True).changes == [], "Label Studio is as the ledger says"
    before.close()


@pytest.mark.postgres
def test_a_ledger_moves_to_postgresql(
    loop: MemoryLoop, new_postgres_url: Callable[[], str], opened: Opened, tmp_path: Path
) -> None:
    file, url = tmp_path / "backup.sqlite3", new_postgres_url()
    back_up(url_of(loop.ledger), file)
    restore(file, url)
    assert opened(url, loop.ledger.project).state() == loop.ledger.state()
    with pytest.raises(SettingsError, match="A ledger is there already"):
        restore(file, url)


def test_what_is_written_meanwhile_is_in_it_whole_or_not_at_all(
    loop: MemoryLoop, opened: Opened, tmp_path: Path
) -> None:
    file, elsewhere = tmp_path / "backup.sqlite3", sqlite_url(tmp_path / "new.sqlite3")
    before = decisions_of(loop.ledger)
    with writing(loop.ledger.engine) as connection:
        connection.exec_driver_sql("UPDATE decision SET reason = 'half'")
        back_up(url_of(loop.ledger), file)
    restore(file, elsewhere)
    assert decisions_of(opened(elsewhere, loop.ledger.project)) == before


def test_a_backup_in_the_midst_of_a_pass_goes_on_where_the_pass_was(
    loop: MemoryLoop, opened: Opened, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, elsewhere = tmp_path / "backup.sqlite3", sqlite_url(tmp_path / "new.sqlite3")
    predict = loop.backend.predict_parts

    def predict_and_back_up(*asked: Any) -> Any:
        back_up(url_of(loop.ledger), file, force=True)
        return predict(*asked)

    monkeypatch.setattr(loop.backend, "predict_parts", predict_and_back_up)
    loop.studio.import_tasks([{"text": f"New {number}"} for number in range(5)])
    loop.sync()
    restore(file, elsewhere)
    loop.ledger.close()
    loop.ledger = opened(elsewhere, loop.ledger.project)
    loop.sync()
    tasks = list(loop.studio.tasks())
    assert loop.ledger.state().tasks.keys() == {one.id for one in tasks}
    assert {len(one.predictions) for one in tasks} == {1}, "nothing is done twice"


def test_it_is_its_owner_s_alone_and_one_file(loop: MemoryLoop, tmp_path: Path) -> None:
    file = tmp_path / "kept" / "backup.sqlite3"
    back_up(url_of(loop.ledger), file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert list(file.parent.iterdir()) == [file]


def test_a_file_that_is_there_is_replaced_by_force_alone(loop: MemoryLoop, tmp_path: Path) -> None:
    file = tmp_path / "backup.sqlite3"
    file.write_text("precious")
    with pytest.raises(SettingsError, match=r"there already.*--force"):
        back_up(url_of(loop.ledger), file)
    assert file.read_text() == "precious"
    assert back_up(url_of(loop.ledger), file, force=True).projects


def test_a_ledger_that_is_there_is_never_overwritten(loop: MemoryLoop, tmp_path: Path) -> None:
    file = tmp_path / "backup.sqlite3"
    back_up(url_of(loop.ledger), file)
    loop.ledger.decide([LATE])
    with pytest.raises(SettingsError, match="A ledger is there already"):
        restore(file, url_of(loop.ledger))
    assert LATE in loop.ledger.history(1).decisions


def test_an_older_release_s_backup_is_brought_up_to_date(opened: Opened, tmp_path: Path) -> None:
    old = Ledger(sqlite_url(tmp_path / "old.sqlite3"), 5)
    old.upgrade()
    old.decide([LATE])
    with writing(old.engine) as connection:
        command.downgrade(migrations(connection), "0005")
    old.close()
    made = back_up(sqlite_url(tmp_path / "old.sqlite3"), tmp_path / "backup.sqlite3")
    assert (made.rows["decision"], made.projects) == (1, ())
    restore(tmp_path / "backup.sqlite3", sqlite_url(tmp_path / "new.sqlite3"))
    assert opened(sqlite_url(tmp_path / "new.sqlite3"), 5).history(1).decisions == [LATE]


def test_a_damaged_ledger_makes_no_backup(tmp_path: Path) -> None:
    source, file = tmp_path / "ledger.sqlite3", tmp_path / "backup.sqlite3"
    ledger = Ledger(sqlite_url(source), 5)
    ledger.upgrade()
    ledger.decide([LATE])
    ledger.close()
    content = bytearray(source.read_bytes())
    content[3 * 4_096 : 9 * 4_096] = b"\x0d\xff" * (3 * 4_096)
    source.write_bytes(content)
    with pytest.raises(LedgerError, match="damaged"):
        back_up(sqlite_url(source), file)
    assert not file.exists()


def test_a_full_disk_leaves_no_half_of_a_backup(small_disk: SmallDisk, tmp_path: Path) -> None:
    ledger = Ledger(sqlite_url(tmp_path / "ledger.sqlite3"), 5)
    ledger.upgrade()
    ledger.decide([replace(LATE, task=one, reason="x" * 500) for one in range(2_000)])
    with pytest.raises(SettingsError, match=r"cannot be written: No space left.*backup\.sqlite3"):
        back_up(url_of(ledger), small_disk.folder / "backup.sqlite3")
    assert list(small_disk.folder.iterdir()) == []
    ledger.close()


def test_what_is_no_backup_is_named(tmp_path: Path) -> None:
    target = sqlite_url(tmp_path / "ledger.sqlite3")
    with pytest.raises(SettingsError, match="no such file"):
        restore(tmp_path / "missing.sqlite3", target)
    (tmp_path / "text").write_bytes(b"This is a text. " * 1_000)
    with pytest.raises(LedgerError, match=r"damaged \(.*text\)"):
        restore(tmp_path / "text", target)
    (tmp_path / "empty").touch()
    with pytest.raises(SettingsError, match=r"no backup of a ledger \(.*empty\)"):
        restore(tmp_path / "empty", target)
    assert not (tmp_path / "ledger.sqlite3").exists()


def test_without_a_ledger_there_is_nothing_to_back_up(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="There is no ledger yet"):
        back_up(sqlite_url(tmp_path / "ledger.sqlite3"), tmp_path / "backup.sqlite3")
    assert list(tmp_path.iterdir()) == []
