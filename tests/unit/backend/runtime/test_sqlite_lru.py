"""A cache outlives its process, keeps to its size, and takes writes of several processes."""

import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from backend.runtime.sqlite_lru import SqliteLru

ROOMY = 1 << 30

WRITER = """
import sys
from pathlib import Path
from backend.runtime.sqlite_lru import SqliteLru

sys.stdin.readline()
file, name = Path(sys.argv[1]), sys.argv[2]
cache = SqliteLru(file, 1 << 30)
for start in range(0, 1000, 20):
    cache.put({f"{name} {n}": f"of {name}: {n}".encode() for n in range(start, start + 20)})
    assert len(cache.get([f"{name} {n}" for n in range(start + 20)])) == start + 20
cache.close()
"""


def test_what_was_put_is_there_after_a_restart(tmp_path: Path) -> None:
    first = SqliteLru(tmp_path / "kept.sqlite3", ROOMY)
    first.put({"a": b"one", "b": b"two"})
    first.put({"a": b"three"})
    first.close()
    again = SqliteLru(tmp_path / "kept.sqlite3", ROOMY)
    assert again.get(["a", "b", "c"]) == {"a": b"three", "b": b"two"}
    again.close()


def test_closing_again_is_nothing_more(tmp_path: Path) -> None:
    cache = SqliteLru(tmp_path / "kept.sqlite3", ROOMY)
    cache.close()
    cache.close()


def test_it_is_one_file(tmp_path: Path) -> None:
    cache = SqliteLru(tmp_path / "kept.sqlite3", ROOMY)
    cache.put({"large": bytes(1 << 20)})
    cache.close()
    assert [file.name for file in tmp_path.iterdir()] == ["kept.sqlite3"]


def test_more_keys_than_a_query_takes_are_found(tmp_path: Path) -> None:
    cache = SqliteLru(tmp_path / "kept.sqlite3", ROOMY)
    cache.put({str(number): b"x" for number in range(2000)})
    assert len(cache.get([str(number) for number in range(2100)])) == 2000
    cache.close()


def test_the_file_keeps_to_its_size_and_the_least_recently_used_go(tmp_path: Path) -> None:
    file, largest = tmp_path / "kept.sqlite3", 1 << 20
    cache = SqliteLru(file, largest)
    for number in range(200):
        cache.put({f"{number} {part}": bytes(300) for part in range(64)})
        cache.get(["0 0"])
    assert list(cache.get(["0 0", "0 1", "1 0", "199 63"])) == ["0 0", "199 63"]
    cache.close()
    assert 0.8 * largest < file.stat().st_size < 1.1 * largest


def start_writer(file: Path, name: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-c", WRITER, str(file), name]
    return subprocess.Popen(command, stdin=subprocess.PIPE)


def test_two_processes_write_at_once_and_nothing_is_lost(tmp_path: Path) -> None:
    file = tmp_path / "kept.sqlite3"
    writers = [start_writer(file, name) for name in ("one", "two")]
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda writer: writer.communicate(b"go\n", timeout=60), writers))
    assert [writer.returncode for writer in writers] == [0, 0]
    cache = SqliteLru(file, ROOMY)
    keys = [f"{name} {number}" for name in ("one", "two") for number in range(1000)]
    assert len(cache.get(keys)) == 2000
    cache.close()


def test_a_file_of_another_kind_is_refused_and_stays(tmp_path: Path) -> None:
    file = tmp_path / "kept.sqlite3"
    file.write_bytes(b"no database at all" * 100)
    with pytest.raises(sqlite3.DatabaseError):
        SqliteLru(file, ROOMY)
    assert file.read_bytes() == b"no database at all" * 100


def test_nobody_but_its_owner_may_read_it_nor_what_lies_beside_it(tmp_path: Path) -> None:
    folder = tmp_path / "data" / "caches"
    cache = SqliteLru(folder / "kept.sqlite3", ROOMY)
    cache.put({"a": b"one"})
    modes = {file.name: file.stat().st_mode & 0o777 for file in folder.iterdir()}
    cache.close()
    assert modes == dict.fromkeys(["kept.sqlite3", "kept.sqlite3-wal", "kept.sqlite3-shm"], 0o600)
    assert {one.stat().st_mode & 0o777 for one in (folder, folder.parent)} == {0o700}
