"""Whatever happens to its file, a cache is asked and told as if all were well."""

import logging
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from backend.runtime import sqlite_lru
from backend.runtime.best_effort_cache import PAUSE_SECONDS, BestEffortCache
from tests.support.damaged_files import DAMAGES, scramble_pages

ROOMY = 1 << 30
MANY = {f"key {number}": bytes(500) for number in range(200)}


class Clock:
    """Stands still until it is moved."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A cache's file with content, on several pages."""
    file = tmp_path / "answers.sqlite3"
    cache = BestEffortCache(file, ROOMY)
    cache.put(MANY)
    cache.close()
    return file


def set_aside(file: Path) -> list[Path]:
    found = file.parent.glob(f"{file.name}.damaged-*")
    return [one for one in found if not one.name.endswith(("-wal", "-shm"))]


def database_of(cache: BestEffortCache) -> sqlite3.Connection:
    assert cache._store is not None
    return cache._store._database


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES.keys())
def test_a_damaged_file_is_set_aside_whole_and_a_new_one_begun(
    damage: Callable[[Path], None], file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    damage(file)
    damaged = file.read_bytes()
    cache = BestEffortCache(file, ROOMY)
    assert cache.get([*MANY]) == {}
    cache.put({"new": b"one"})
    assert cache.get(["new"]) == {"new": b"one"}
    cache.close()
    [aside] = set_aside(file)
    assert aside.read_bytes() == damaged
    [line] = caplog.messages
    assert "is damaged" in line
    assert aside.name in line
    assert aside.stat().st_mode & 0o077 == 0


def test_a_file_that_is_damaged_in_mid_service_is_too(
    file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    cache = BestEffortCache(file, ROOMY)
    scramble_pages(file)
    assert cache.get([*MANY]) == {}
    cache.put({"new": b"one"})
    assert cache.get(["new"]) == {"new": b"one"}
    cache.close()
    assert len(set_aside(file)) == len(caplog.messages) == 1


def test_damage_that_a_write_meets_costs_nobody_anything(file: Path) -> None:
    cache = BestEffortCache(file, ROOMY)
    scramble_pages(file)
    cache.put(dict.fromkeys(MANY, b"changed"))
    cache.put({"new": b"one"})
    assert cache.get(["new"]) == {"new": b"one"}
    cache.close()
    assert len(set_aside(file)) == 1


def test_two_that_meet_the_same_damage_end_with_one_new_file(file: Path) -> None:
    one, other = BestEffortCache(file, ROOMY), BestEffortCache(file, ROOMY)
    scramble_pages(file)
    one.get([*MANY])
    one.put({"new": b"one"})
    other.put(dict.fromkeys(MANY, b"changed"))
    assert other.get(["new"]) == {"new": b"one"}
    one.close()
    other.close()
    assert len(set_aside(file)) == 1


def test_a_full_disk_is_read_and_written_again_once_there_is_room(
    file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    clock = Clock()
    cache = BestEffortCache(file, ROOMY, clock)
    database_of(cache).execute("PRAGMA max_page_count = 1")
    for number in range(5):
        cache.put({f"new {number}": bytes(10_000)})
        assert len(cache.get([*MANY])) == len(MANY)
    [line] = caplog.messages
    assert "full" in line
    database_of(cache).execute(f"PRAGMA max_page_count = {1 << 20}")
    clock.now = PAUSE_SECONDS
    cache.put({"new": b"one"})
    assert cache.get(["new"]) == {"new": b"one"}
    cache.close()
    assert set_aside(file) == []


def test_a_file_that_may_not_be_written_is_read(
    file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    cache = BestEffortCache(file, ROOMY)
    database_of(cache).execute("PRAGMA query_only = ON")
    cache.put({"new": b"one"})
    assert len(cache.get([*MANY])) == len(MANY)
    cache.close()
    [line] = caplog.messages
    assert "readonly" in line


def test_a_locked_file_holds_nobody_up_twice(
    file: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(sqlite_lru, "BUSY_SECONDS", 0.01)
    clock = Clock()
    cache = BestEffortCache(file, ROOMY, clock)
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    cache.put({"new": b"one"})
    assert len(cache.get([*MANY])) == len(MANY)
    other.execute("ROLLBACK")
    cache.put({"new": b"one"})
    assert cache.get(["new"]) == {}, "the disk is left alone for a while"
    clock.now = PAUSE_SECONDS
    cache.put({"new": b"one"})
    assert cache.get(["new"]) == {"new": b"one"}
    other.close()
    cache.close()
    assert len(caplog.messages) == 1


def test_where_no_file_can_be_made_it_goes_on_without_and_tries_again(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    clock = Clock()
    file = tmp_path / "answers.sqlite3"
    file.mkdir()
    cache = BestEffortCache(file, ROOMY, clock)
    for _ in range(5):
        cache.put({"a": b"one"})
        assert cache.get(["a"]) == {}
    assert len(caplog.messages) == 1
    file.rmdir()
    clock.now = PAUSE_SECONDS
    cache.put({"a": b"one"})
    assert cache.get(["a"]) == {"a": b"one"}
    cache.close()


def test_once_closed_it_finds_nothing_and_keeps_nothing(file: Path) -> None:
    cache = BestEffortCache(file, ROOMY)
    cache.close()
    cache.put({"new": b"one"})
    assert cache.get([*MANY]) == {}
    cache.close()
