"""Files and folders that hold texts, addresses or secrets: nobody but their owner may read them."""

import contextlib
from pathlib import Path

PRIVATE_FILE = 0o600
"""The permissions of a file that its owner alone may read and write."""

PRIVATE_FOLDER = 0o700
"""The permissions of a folder that its owner alone may enter."""


def make_private_folder(folder: Path) -> None:
    """Make a folder, and those above it that are missing; a folder that is there stays as it is.

    Raises:
        OSError: It cannot be made.
    """
    missing = [one for one in (folder, *folder.parents) if not one.exists()]
    for one in reversed(missing):
        one.mkdir(PRIVATE_FOLDER, exist_ok=True)
    if not folder.is_dir():
        raise NotADirectoryError(f"{folder} is no folder")


def make_private_file(file: Path) -> None:
    """Make an empty file where there is none; of one that is there, only the permissions change.

    The file is not opened: SQLite loses its locks on a file that its process closes elsewhere.

    Raises:
        OSError: It cannot be made.
    """
    try:
        file.touch(PRIVATE_FILE, exist_ok=False)
    except FileExistsError:
        with contextlib.suppress(PermissionError):  # it is another user's, who shares it
            file.chmod(PRIVATE_FILE)
