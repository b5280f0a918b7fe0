"""The folder of a student, as the backend sends it, put onto the disk."""

import io
import zipfile
from pathlib import Path, PurePosixPath

from labeling.errors import BackendUnreachable, SettingsError


def require_vacant(folder: Path) -> None:
    """Check that nothing is overwritten.

    Raises:
        SettingsError: The folder holds something, or is no folder.
    """
    if folder.is_dir() and not any(folder.iterdir()):
        return
    if folder.exists():
        raise SettingsError(
            "There is something already", where=str(folder), hint="Name another folder with --out."
        )


def unpack(archive: bytes, folder: Path) -> list[str]:
    """Write the files of an archive into a folder, which is made.

    Args:
        archive: A ZIP archive of plain files.
        folder: Where they go.

    Returns:
        The names of the files.

    Raises:
        BackendUnreachable: What came is no such archive.
        OSError: They cannot be written.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(archive)) as opened:
            contents = {name: opened.read(name) for name in opened.namelist()}
    except zipfile.BadZipFile as error:
        raise BackendUnreachable("What the ML backend sent is no archive") from error
    if strange := [name for name in contents if PurePosixPath(name).name != name]:
        raise BackendUnreachable(f"The ML backend sent a file that leads elsewhere: {strange[0]}")
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in contents.items():
        (folder / name).write_bytes(content)
    return sorted(contents)
