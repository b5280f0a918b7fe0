"""Which texts of one list nearly repeat one of another, by how they are written and what they say.

Written alike are two texts whose sets of 5-grams of characters share 80% (Jaccard), as MinHash-LSH
proposes (Broder 1997) and a comparison confirms. Alike in what they say are two whose embeddings'
cosine is high. What is compared is folded: case, width and spacing make no difference.
"""

from collections.abc import Iterator, Sequence

import numpy as np
from datasketch import MinHash, MinHashLSH  # type: ignore[import-untyped]

from labeling.answers.folding import folded
from labeling.mathtypes import Bools, Floats

NEAR = 0.8
"""The share of 5-grams that texts which are written alike have in common, of all in either."""

SHINGLE = 5
"""Characters of a shingle."""

BANDS, ROWS = 21, 6
"""A pair is proposed where all rows of one band agree: at a share s with 1 - (1 - s^6)^21."""

ROWS_AT_ONCE = 1024
"""Rows of cosines that are computed at once: 1,024 against 100,000 take 0.8 GB."""


class WrittenTexts:
    """Texts that others can be held against, by how they are written.

    Example:
        >>> seen = WrittenTexts(["The quick brown fox jumps over the lazy dog."])
        >>> seen.exact("the QUICK brown fox jumps over the lazy dog.")
        True
        >>> seen.near("The quick brown fox jumps over the lazy dog!")
        True
        >>> seen.near("Something else altogether.")
        False
    """

    def __init__(self, texts: Sequence[str] = ()) -> None:
        self._index = MinHashLSH(num_perm=BANDS * ROWS, params=(BANDS, ROWS))
        self._texts: dict[str, frozenset[bytes]] = {}
        for text in texts:
            self.add(text)

    def add(self, text: str) -> None:
        """Hold further texts against this one, too; a blank one is like no text."""
        key = folded(text)
        if key and key not in self._texts:
            self._texts[key] = _shingles(key)
            self._index.insert(key, _sketch(self._texts[key]))

    def exact(self, text: str) -> bool:
        """Return whether one of them says the very same."""
        return folded(text) in self._texts

    def near(self, text: str) -> bool:
        """Return whether one of them is written alike, or the very same."""
        key = folded(text)
        if not key or not self._texts:
            return False
        shingles = _shingles(key)
        proposed = self._index.query(_sketch(shingles))
        return any(_shared(shingles, self._texts[one]) >= NEAR for one in proposed)


def nearest_cosines(embeddings: Floats, others: Floats) -> Floats:
    """Return how near the nearest of other texts is to each text.

    Args:
        embeddings: Of length 1 each, shape (texts, dims).
        others: The same, shape (others, dims).

    Returns:
        The largest cosine, shape (texts,); -1 where there are no others.
    """
    if not len(others):
        return np.full(len(embeddings), -1.0)
    found = [(some @ others.T).max(axis=1) for some in _chunks(embeddings)]
    return np.concatenate(found) if found else np.empty(0)


def first_of_its_meaning(embeddings: Floats, near: float) -> Bools:
    """Return which texts say what no text that was kept before them says.

    Args:
        embeddings: Of length 1 each, shape (texts, dims), in the order of preference.
        near: The cosine from which on two say the same.

    Returns:
        Which are kept, shape (texts,).
    """
    kept = np.zeros(len(embeddings), dtype=np.bool_)
    start = 0
    for some in _chunks(embeddings):
        repeats = nearest_cosines(some, embeddings[:start][kept[:start]]) >= near
        among = some @ some.T >= near
        for place in range(len(some)):
            own = kept[start : start + place]
            kept[start + place] = not repeats[place] and not (among[place, :place] & own).any()
        start += len(some)
    return kept


def _chunks(rows: Floats) -> Iterator[Floats]:
    return (rows[at : at + ROWS_AT_ONCE] for at in range(0, len(rows), ROWS_AT_ONCE))


def _shared(one: frozenset[bytes], other: frozenset[bytes]) -> float:
    return len(one & other) / len(one | other)


def _shingles(text: str) -> frozenset[bytes]:
    last = max(len(text) - SHINGLE, 0)
    found = (text[at : at + SHINGLE] for at in range(last + 1))
    return frozenset(one.encode("utf-8", "surrogatepass") for one in found)


def _sketch(shingles: frozenset[bytes]) -> MinHash:
    sketch = MinHash(num_perm=BANDS * ROWS, seed=1)
    sketch.update_batch(sorted(shingles))
    return sketch
