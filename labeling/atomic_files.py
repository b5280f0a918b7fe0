"""Files that are there whole or not at all."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from labeling.private_files import PRIVATE_FILE


@contextmanager
def replacing(file: Path, mode: int = PRIVATE_FILE) -> Iterator[Path]:
    """Yield a draft beside a file, which at the end takes its place, or vanishes on an error.

    The draft is on the disk before it takes the place, so that a crash of the machine leaves the
    old file or the new one.

    Args:
        file: The file; its folder is there.
        mode: Its permissions; by themselves, nobody but its owner may read it.

    Yields:
        The draft, an empty file with the ending of `file`.

    Raises:
        OSError: It cannot be written; the old file stays.
    """
    handle, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.stem}.", suffix=file.suffix)
    draft = Path(name)
    try:
        os.fchmod(handle, mode)
        yield draft
        os.fsync(handle)
        draft.replace(file)
    finally:
        os.close(handle)
        draft.unlink(missing_ok=True)


def drafts_of(file: Path) -> list[Path]:
    """Return the drafts of a file that lie beside it: of whoever writes it, or was killed."""
    return sorted(file.parent.glob(f".{file.stem}.*{file.suffix}"))
