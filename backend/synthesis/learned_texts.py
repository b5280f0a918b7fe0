"""Which synthetic texts something learned from, kept beside its weights: digests, and no text.

It is written once, with the weights, and stays when the texts are gone.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from backend.synthesis.review import usable_texts
from labeling.errors import SettingsError
from labeling.hashing import digest_of
from labeling.json_values import number, record, text
from labeling.json_values import texts as listed

FILE = "learned_texts.json"


@dataclass(frozen=True, slots=True)
class LearnedTexts:
    """The synthetic texts that something learned from.

    Attributes:
        texts: Their digests; none where no share of them won.
        share: What they have of all that counted, in [0, 1).
        source: The folder that they were in.
    """

    texts: frozenset[str] = frozenset()
    share: float = 0.0
    source: str = ""

    @classmethod
    def of(cls, texts: Iterable[str], share: float, source: str) -> "LearnedTexts":
        """Return what is kept of texts; see the attributes."""
        return cls(digests(texts), share, source)

    @property
    def digest(self) -> str:
        """SHA-256, in hex, over which texts they are."""
        return digest_of(*sorted(self.texts))


def write_learned_texts(folder: Path, learned: LearnedTexts) -> None:
    """Write down what was learned from.

    Args:
        folder: Where what was learned is saved.
        learned: The synthetic texts.
    """
    content = {
        "texts": sorted(learned.texts),
        "share": learned.share,
        "source": learned.source,
    }
    (folder / FILE).write_text(json.dumps(content), "utf-8")


def read_learned_texts(folder: Path) -> LearnedTexts:
    """Return the synthetic texts that something learned from.

    Args:
        folder: Where it is saved.

    Returns:
        The texts; none where it learned from none, or is gone.
    """
    try:
        content = json.loads((folder / FILE).read_text("utf-8"))
    except FileNotFoundError:
        return LearnedTexts()
    found = record(content, "texts", "share", "source")
    return LearnedTexts(
        frozenset(listed(found["texts"])), number(found["share"]), text(found["source"])
    )


def present_texts(folder: Path) -> frozenset[str]:
    """Return the digests of a folder's usable synthetic texts; none where they cannot be read."""
    try:
        return digests(one.text for one in usable_texts(folder))
    except SettingsError:
        return frozenset()


def digests(texts: Iterable[str]) -> frozenset[str]:
    """Return the SHA-256 of each text, in hex."""
    return frozenset(map(digest_of, texts))
