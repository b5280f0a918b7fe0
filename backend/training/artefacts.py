"""Artefacts: what learners made, each in a folder that is named by the digest of its content.

Whoever keeps or removes one holds the lock beside their folder, so that processes which share it do
so one after the other.
"""

import contextlib
import hashlib
import os
import re
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

from filelock import FileLock

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
    with _lock(artefacts):
        kept = artefacts / digest
        if kept.is_dir() and folder_digest(kept) == digest:
            shutil.rmtree(folder)
            return digest
        shutil.rmtree(kept, ignore_errors=True)
        for file in _files(folder):  # before the name: no crash leaves it without the content
            with file.open("rb") as stream:
                os.fsync(stream.fileno())
        folder.rename(kept)
    return digest


def remove_unnamed(artefacts: Path, naming: Mapping[Path, str]) -> int:
    """Remove artefacts that no file names any more.

    A file names whatever digest stands in its text, so that one that is damaged, or of another
    version of Tandem, keeps what it needs.

    Args:
        artefacts: Where artefacts are kept.
        naming: Which files name artefacts: a folder, and the pattern of their names in it, at any
            depth. What is about to be kept must be named before `keep_artefact` keeps it.

    Returns:
        How many were removed.

    Raises:
        OSError: Something cannot be read or removed; what is named is there in any case.
    """
    if not artefacts.is_dir():
        return 0
    with _lock(artefacts):
        named = {one for places in naming.items() for one in _digests_in(*places)}
        unnamed = [
            one
            for one in artefacts.iterdir()
            if DIGEST.fullmatch(one.name) and one.name not in named
        ]
        for one in unnamed:
            shutil.rmtree(one)
    return len(unnamed)


def _lock(artefacts: Path) -> FileLock:
    return FileLock(artefacts.with_suffix(".lock"), mode=PRIVATE_FILE)


def _digests_in(folder: Path, pattern: str) -> Iterator[str]:
    for file in folder.rglob(pattern):
        with contextlib.suppress(FileNotFoundError):  # somebody replaced or removed it meanwhile
            yield from DIGEST.findall(file.read_text("utf-8", errors="replace"))


def _files(folder: Path) -> Iterator[Path]:
    found = sorted(folder.rglob("*"), key=lambda file: file.relative_to(folder).as_posix())
    if any(one.is_symlink() or not (one.is_file() or one.is_dir()) for one in found):
        raise ValueError("an artefact holds something else than files")
    files = [one for one in found if one.is_file()]
    if not files:
        raise ValueError("an artefact holds no file")
    return iter(files)
