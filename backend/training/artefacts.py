"""Artefacts: what learners made, each in a folder that is named by the digest of its content."""

import hashlib
import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

from labeling.private_files import PRIVATE_FILE, PRIVATE_FOLDER, make_private_folder

DIGEST = re.compile(r"[0-9a-f]{64}")
_BLOCK = 1 << 20


def folder_digest(folder: Path) -> str:
    """Return the SHA-256, in hex, over the names and the content of all files below a folder.

    Raises:
        ValueError: It holds something else than files and folders, or nothing.
        OSError: It cannot be read.
    """
    whole = hashlib.sha256()
    for file in _files(folder):
        name = file.relative_to(folder).as_posix()
        content = hashlib.sha256()
        with file.open("rb") as stream:
            while block := stream.read(_BLOCK):
                content.update(block)
        whole.update(f"{name}\0{content.hexdigest()}\n".encode())
    return whole.hexdigest()


def folder_bytes(folder: Path) -> int:
    """Return the bytes of all files below a folder."""
    return sum(file.stat().st_size for file in _files(folder))


def keep_artefact(folder: Path, artefacts: Path) -> str:
    """Move a folder to where artefacts are kept, whole or not at all; one that is there stays.

    Args:
        folder: What a learner wrote; on the same disk.
        artefacts: Where artefacts are kept; made where it is missing.

    Returns:
        Its digest, the name that it has there.

    Raises:
        ValueError: See `folder_digest`.
        OSError: It cannot be moved.
    """
    for one in sorted(folder.rglob("*")):
        one.chmod(PRIVATE_FOLDER if one.is_dir() else PRIVATE_FILE, follow_symlinks=False)
    folder.chmod(PRIVATE_FOLDER)
    digest = folder_digest(folder)
    make_private_folder(artefacts)
    kept = artefacts / digest
    if kept.is_dir() and folder_digest(kept) == digest:
        shutil.rmtree(folder)
        return digest
    shutil.rmtree(kept, ignore_errors=True)
    for file in _files(folder):  # before the name, so that no crash leaves it without the content
        with file.open("rb") as stream:
            os.fsync(stream.fileno())
    folder.rename(kept)
    return digest


def _files(folder: Path) -> Iterator[Path]:
    found = sorted(folder.rglob("*"), key=lambda file: file.relative_to(folder).as_posix())
    if any(one.is_symlink() or not (one.is_file() or one.is_dir()) for one in found):
        raise ValueError("an artefact holds something else than files")
    files = [one for one in found if one.is_file()]
    if not files:
        raise ValueError("an artefact holds no file")
    return iter(files)
