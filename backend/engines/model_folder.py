"""Folders of models that were made here: whole, or set aside and made anew."""

import json
import logging
from collections.abc import Callable
from pathlib import Path

from filelock import FileLock

from labeling.set_aside import set_aside

logger = logging.getLogger(__name__)


def whole_folder(folder: Path, make: Callable[[], None]) -> Path:
    """Return a model's folder; make it where it is missing, or where a file of it is damaged.

    Processes that start together wait for one another. A folder that is damaged is set aside.

    Args:
        folder: The folder; the one above it is there.
        make: Makes it; what it raises is raised.

    Returns:
        The folder.
    """
    if damage_of(folder) is None:
        return folder
    with FileLock(folder.with_suffix(".lock")):
        damage = damage_of(folder)
        if damage is not None and folder.exists():
            aside = set_aside(folder)
            logger.warning(
                "%s is damaged (%s) and was set aside as %s. It is made anew.",
                folder,
                damage,
                aside.name,
            )
        if damage is not None:
            make()
    return folder


def damage_of(folder: Path) -> str | None:
    """Return what is wrong with a model's folder: it is missing, or a file of it was cut off."""
    if not folder.is_dir():
        return "it is no folder"
    for file in sorted(folder.rglob("*")):
        fault = _fault_of(file)
        if fault is not None:
            return f"{file.name}: {fault}"
    return None


def _fault_of(file: Path) -> str | None:
    from safetensors import SafetensorError, safe_open  # imports torch, which the start need not

    try:
        match file.suffix:
            case ".json":
                json.loads(file.read_text("utf-8"))
            case ".safetensors":
                with safe_open(file, "pt"):  # compares the header with the file's length
                    pass
    except (ValueError, RecursionError, SafetensorError) as error:
        return str(error)
    return None
