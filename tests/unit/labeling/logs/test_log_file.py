"""A log file is private and bounded, and one that cannot be written stops nobody."""

import io
import logging
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from labeling.logs.log_file import LogFile
from tests.support.small_disk import SmallDisk

KEEP = 3


@pytest.fixture
def stderr() -> io.StringIO:
    return io.StringIO()


@pytest.fixture
def open_log(stderr: io.StringIO) -> Iterator[Callable[[Path], LogFile]]:
    """Opens log files of 1 kB, and closes them."""
    opened = []

    def open_one(file: Path) -> LogFile:
        opened.append(LogFile(file, 1024, KEEP, logging.StreamHandler(stderr)))
        return opened[-1]

    yield open_one
    for one in opened:
        one.close()


def write(log: LogFile, line: str) -> None:
    log.handle(logging.makeLogRecord({"msg": line, "levelno": logging.INFO}))


def lines_of(folder: Path) -> list[str]:
    """All lines that are there, the oldest first."""
    files = sorted(folder.glob("tandem.log*"), key=lambda one: one.name, reverse=True)
    return [line for file in files for line in file.read_text().splitlines()]


def test_it_and_its_folder_are_its_owner_s_alone(
    tmp_path: Path, open_log: Callable[[Path], LogFile]
) -> None:
    log = open_log(tmp_path / "logs" / "tandem.log")
    for number in range(200):
        write(log, f"line {number}")
    files = list((tmp_path / "logs").iterdir())
    assert len(files) > 1
    assert {file.stat().st_mode & 0o777 for file in files} == {0o600}
    assert (tmp_path / "logs").stat().st_mode & 0o777 == 0o700


def test_it_is_rotated_by_size_and_the_oldest_go(
    tmp_path: Path, open_log: Callable[[Path], LogFile]
) -> None:
    log = open_log(tmp_path / "tandem.log")
    for number in range(1_000):
        write(log, f"line {number:04}")
    sizes = [file.stat().st_size for file in tmp_path.iterdir() if file.suffix != ".lock"]
    assert len(sizes) == KEEP + 1
    assert max(sizes) <= 1024
    kept = lines_of(tmp_path)
    assert kept == [f"line {number:04}" for number in range(1_000 - len(kept), 1_000)]


def test_several_processes_rotate_it_without_losing_a_line(
    tmp_path: Path, open_log: Callable[[Path], LogFile]
) -> None:
    first, second = (open_log(tmp_path / "tandem.log") for _ in range(2))
    for number in range(200):
        write((first, second)[number % 2], f"line {number:04}")
    assert lines_of(tmp_path) == [f"line {number:04}" for number in range(200)]


def test_a_file_that_was_taken_away_begins_anew(
    tmp_path: Path, open_log: Callable[[Path], LogFile]
) -> None:
    log = open_log(tmp_path / "tandem.log")
    write(log, "before")
    (tmp_path / "tandem.log").rename(tmp_path / "taken")
    write(log, "after")
    assert (tmp_path / "tandem.log").read_text() == "after\n"


def test_on_a_full_disk_lines_go_to_stderr_which_says_why_once_until_there_is_room(
    small_disk: SmallDisk, stderr: io.StringIO, open_log: Callable[[Path], LogFile]
) -> None:
    log = open_log(small_disk.folder / "tandem.log")
    write(log, "fits")
    filler = small_disk.folder / "filler"
    with pytest.raises(OSError, match="No space"):
        filler.write_bytes(bytes(1 << 20))
    for number in range(3):
        write(log, f"{number}" * 5_000)
    filler.unlink()
    write(log, "fits again")
    why, *lines = stderr.getvalue().splitlines()
    assert why.startswith("The log cannot be written: No space left on device")
    assert [line[0] for line in lines] == ["0", "1", "2"]
    assert lines_of(small_disk.folder)[-1] == "fits again"


def test_a_folder_that_may_not_be_written_is_said_once(
    tmp_path: Path, stderr: io.StringIO, open_log: Callable[[Path], LogFile]
) -> None:
    (tmp_path / "file").touch()
    log = open_log(tmp_path / "file" / "tandem.log")
    write(log, "one")
    write(log, "two")
    why, *lines = stderr.getvalue().splitlines()
    assert why.startswith("The log cannot be written: ")
    assert str(tmp_path) in why
    assert lines == ["one", "two"]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount a disk of its own")
def test_a_disk_that_became_read_only_is_gone_on_with(
    small_disk: SmallDisk, stderr: io.StringIO, open_log: Callable[[Path], LogFile]
) -> None:
    small_disk.change("ro")
    log = open_log(small_disk.folder / "tandem.log")
    write(log, "one")
    assert "Read-only file system" in stderr.getvalue()
    small_disk.change("rw")
    write(log, "two")
    assert lines_of(small_disk.folder) == ["two"]
