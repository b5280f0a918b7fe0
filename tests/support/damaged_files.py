"""SQLite files as a failing disk, another program or another user leaves them."""

import sqlite3
from collections.abc import Callable
from pathlib import Path

PAGE = 4096


def overwrite_with_text(file: Path) -> None:
    """Leave no database at all."""
    file.write_bytes(b"This is no database. " * 500)


def cut_off(file: Path) -> None:
    """Lose the second half, as on a disk that was full when the machine went down."""
    content = file.read_bytes()
    file.write_bytes(content[: len(content) // 2])


def scramble_pages(file: Path) -> None:
    """Leave the header, and noise in every page behind it."""
    content = file.read_bytes()
    file.write_bytes(content[:PAGE] + b"\xa5" * (len(content) - PAGE))


def scramble_all_but_the_magic(file: Path) -> None:
    """Leave 16 bytes that say SQLite, and noise."""
    content = file.read_bytes()
    file.write_bytes(content[:16] + b"\xa5" * (len(content) - 16))


def hold_other_tables(file: Path) -> None:
    """Leave a database of another program, whose table has the same name."""
    file.unlink()
    database = sqlite3.connect(file)
    database.execute("CREATE TABLE kept (price REAL)")
    database.commit()
    database.close()


DAMAGES: dict[str, Callable[[Path], None]] = {
    "text": overwrite_with_text,
    "cut off": cut_off,
    "pages": scramble_pages,
    "header": scramble_all_but_the_magic,
    "other tables": hold_other_tables,
}
