"""Files of which there is one for each part of a dataset."""

from collections.abc import Sequence
from pathlib import Path


def leave_only(files: Sequence[Path]) -> None:
    """Remove the files of parts that an earlier export had, so that nobody trains on them.

    Args:
        files: The files of today's parts; beside them, those with the same endings are removed.

    Raises:
        OSError: One cannot be removed.
    """
    for folder, ending in {(file.parent, file.suffix) for file in files}:
        for there in folder.glob(f"*{ending}"):
            if there not in files:
                there.unlink()
