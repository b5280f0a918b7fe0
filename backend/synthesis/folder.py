"""The folder of synthetic texts: its files, and that nobody else writes into it meanwhile.

`texts.jsonl` holds all that was written, and is only ever added to. `passed.jsonl`, what passed the
gates, and `gates.json`, what each gate did, are made anew of it. `review.json` is what people said
of a sample.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from backend.synthesis.generation.text_file import unusable
from labeling.atomic_files import replacing
from labeling.errors import Busy
from labeling.private_files import PRIVATE_FILE, make_private_folder

TEXTS, PASSED, GATES, REVIEW = "texts.jsonl", "passed.jsonl", "gates.json", "review.json"

_LOCK = ".lock"


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Hold a folder, which is made where it is missing, so that nobody else writes into it.

    Raises:
        Busy: Somebody does.
        SettingsError: It cannot be made.
    """
    try:
        make_private_folder(folder)
    except OSError as error:
        raise unusable(folder, error) from error
    try:
        with FileLock(folder / _LOCK, timeout=0, mode=PRIVATE_FILE):
            yield
    except Timeout as error:
        raise Busy(
            "Another process writes into the folder",
            where=str(folder),
            hint="Wait for it, or name another folder with --out.",
        ) from error


def replace_file(file: Path, content: str) -> None:
    """Write a file anew, at once or not at all."""
    with replacing(file) as draft:
        draft.write_text(content, "utf-8", errors="backslashreplace")


def remove_files(folder: Path) -> None:
    """Remove the files of synthetic texts, and the folder where nothing else is in it.

    The texts go last, so that whoever is killed in between can do it again.

    Raises:
        Busy: Another process writes into the folder.
        OSError: They cannot be removed.
    """
    with alone(folder):
        for name in (PASSED, GATES, REVIEW, TEXTS):
            (folder / name).unlink(missing_ok=True)
    (folder / _LOCK).unlink(missing_ok=True)
    if not any(folder.iterdir()):
        folder.rmdir()
