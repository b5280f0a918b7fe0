"""The file of written texts: lines are only ever added, so that a killed run is gone on with.

A line counts once it ends. Whoever is killed within a line leaves half of it, which is cut off when
the file is opened next, and written again.
"""

import json
import os
from collections.abc import Sequence
from pathlib import Path

from backend.synthesis.generation.recipe import WrittenText
from labeling.errors import SettingsError
from labeling.private_files import make_private_file, make_private_folder


class TextFile:
    """Written texts, a line of JSON each.

    Args:
        file: The file; made where it is missing. Nobody but its owner may read it.

    Raises:
        SettingsError: It cannot be read or written, or a line of it is none of these.
    """

    def __init__(self, file: Path) -> None:
        self.file = file
        try:
            make_private_folder(file.parent)
            make_private_file(file)
            self._cut_off_what_is_half_written()
        except OSError as error:
            raise unusable(file, error) from error
        self.texts: list[WrittenText] = read_texts(file)

    def add(self, texts: Sequence[WrittenText]) -> None:
        """Add texts; once this returns, they are on the disk.

        Raises:
            SettingsError: They cannot be written.
        """
        lines = "".join(f"{json.dumps(one.to_json(), ensure_ascii=False)}\n" for one in texts)
        try:
            with self.file.open("ab") as opened:
                opened.write(lines.encode("utf-8", "backslashreplace"))
                opened.flush()
                os.fsync(opened.fileno())
        except OSError as error:
            raise unusable(self.file, error) from error
        self.texts += texts

    def _cut_off_what_is_half_written(self) -> None:
        content = self.file.read_bytes()
        whole = content.rfind(b"\n") + 1
        if whole < len(content):
            with self.file.open("rb+") as opened:
                opened.truncate(whole)


def read_texts(file: Path) -> list[WrittenText]:
    """Read written texts.

    Raises:
        SettingsError: The file cannot be read, or a line of it is none of these.
    """
    try:
        lines = file.read_text("utf-8").split("\n")[:-1]
    except (OSError, UnicodeDecodeError) as error:
        raise unusable(file, error) from error
    texts = []
    for number, line in enumerate(lines, start=1):
        try:
            texts.append(WrittenText.from_json(json.loads(line)))
        except ValueError as error:
            raise SettingsError(
                "A line is no synthetic text of this version",
                where=f"{file}, line {number}",
                hint="Take the line out, or name another folder with --out.",
            ) from error
    return texts


def unusable(file: Path, error: OSError | UnicodeDecodeError) -> SettingsError:
    """Say that a file or folder of synthetic texts cannot be used.

    Args:
        file: The file or folder.
        error: Why.

    Returns:
        What a person is told.
    """
    why = error.strerror if isinstance(error, OSError) else "it is no UTF-8 text"
    return SettingsError(
        f"The synthetic texts cannot be read or written: {why}",
        where=str(file),
        hint="Name another folder with --out.",
    )
