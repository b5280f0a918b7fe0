"""A folder that a command is about to write: nothing is overwritten, and it can be made."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from labeling.errors import SettingsError


def require_new(folder: Path) -> None:
    """Check, before anything is computed, that a folder can be written and holds nothing.

    Raises:
        SettingsError: It holds something, is no folder, or this user may not make it.
    """
    if folder.is_dir() and not any(folder.iterdir()):
        above = folder
    elif folder.exists():
        raise SettingsError(
            "There is something already", where=str(folder), hint="Name another folder with --out."
        )
    else:
        above = next(one for one in folder.absolute().parents if one.exists())
    if not above.is_dir() or not os.access(above, os.W_OK | os.X_OK):
        raise SettingsError(
            "No folder can be written there",
            where=str(folder),
            hint="Name another one with --out, below a folder that this user may write in.",
        )


@contextmanager
def new_folder(folder: Path) -> Iterator[Path]:
    """Yield a draft of a folder, which at the end takes its place, or vanishes on an error.

    Args:
        folder: The folder, missing or empty; those above it are made.

    Yields:
        The draft, an empty folder.

    Raises:
        OSError: It cannot be made.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.absolute().parent))
    try:
        yield draft
        draft.chmod(0o755)
        draft.rename(folder)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
