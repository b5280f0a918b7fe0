"""Which synthetic texts something learned from, kept beside its weights: digests, and no text."""

import json
from collections.abc import Iterable
from pathlib import Path

from backend.synthesis.review import usable_texts
from labeling.errors import SettingsError
from labeling.hashing import digest_of

FILE = "learned_texts.json"


def write_learned_texts(folder: Path, texts: Iterable[str]) -> None:
    """Write down what was learned from.

    Args:
        folder: Where what was learned is saved.
        texts: The synthetic texts.
    """
    (folder / FILE).write_text(json.dumps(sorted(digests(texts))), "utf-8")


def read_learned_texts(folder: Path) -> frozenset[str]:
    """Return the digests of the synthetic texts that something learned from.

    Args:
        folder: Where it is saved.

    Returns:
        The digests; none where it learned from none, or is gone.
    """
    try:
        return frozenset(json.loads((folder / FILE).read_text("utf-8")))
    except FileNotFoundError:
        return frozenset()


def present_texts(folder: Path) -> frozenset[str]:
    """Return the digests of a folder's usable synthetic texts; none where they cannot be read."""
    try:
        return digests(one.text for one in usable_texts(folder))
    except SettingsError:
        return frozenset()


def digests(texts: Iterable[str]) -> frozenset[str]:
    """Return the SHA-256 of each text, in hex."""
    return frozenset(map(digest_of, texts))
