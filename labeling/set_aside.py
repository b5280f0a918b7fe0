"""Files that cannot be read are set aside under another name: nothing is deleted."""

from datetime import UTC, datetime
from pathlib import Path


def set_aside(file: Path, suffixes: tuple[str, ...] = ()) -> Path:
    """Rename a file that cannot be read, so that a new one can take its place.

    Args:
        file: The file.
        suffixes: Endings of the files beside it that belong to it; they go first, so that none of
            them is ever taken for the new file's.

    Returns:
        Its new name, in the same folder: `NAME.damaged-TIME`, and the ending of each companion.

    Raises:
        OSError: It cannot be renamed.
    """
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%f")
    aside = file.with_name(f"{file.name}.damaged-{stamp}")
    for suffix in suffixes:
        companion = file.with_name(file.name + suffix)
        if companion.exists():
            companion.rename(aside.with_name(aside.name + suffix))
    file.rename(aside)
    return aside
