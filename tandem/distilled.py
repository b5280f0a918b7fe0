"""The folder of a student, as the backend sends it, put onto the disk."""

import io
import zipfile
from pathlib import Path, PurePosixPath

from labeling.errors import BackendUnreachable
from tandem.new_folder import new_folder


def unpack(archive: bytes, folder: Path) -> list[str]:
    """Write the files of an archive into a folder, which is there whole or not at all.

    Args:
        archive: A ZIP archive of plain files.
        folder: Where they go; missing, or empty.

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
    with new_folder(folder) as draft:
        for name, content in contents.items():
            (draft / name).write_bytes(content)
    return sorted(contents)
