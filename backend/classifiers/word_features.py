"""Words as features: TF-IDF of words and pairs of them, reduced to a hundred dimensions.

Latent semantic analysis (Deerwester et al., "Indexing by latent semantic analysis", 1990). It needs
no answers, so that texts which nobody answered teach it which words go together.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.decomposition import TruncatedSVD  # type: ignore[import-untyped]
from sklearn.feature_extraction.text import (  # type: ignore[import-untyped]
    CountVectorizer,
)

from labeling.mathtypes import Floats

DIMS = 100
"""Dimensions that words are reduced to."""

MOST_TERMS = 20_000
"""Words and pairs that are counted: the most frequent ones."""

_PAIRS = (1, 2)


@dataclass(frozen=True, eq=False)
class WordFeatures:
    """A fitted reduction.

    Attributes:
        terms: Words and pairs of words, in the order of the weights.
        idf: How telling each is, shape (terms,).
        components: From terms to dimensions, shape (dims, terms).

    Example:
        >>> features = WordFeatures.fit(["red apple", "green apple", "fast car", "slow car"])
        >>> features(["an apple"]).shape
        (1, 3)
    """

    terms: tuple[str, ...]
    idf: Floats
    components: Floats

    @classmethod
    def fit(cls, texts: Sequence[str]) -> Self:
        """Learn which words there are, and which go together; the same texts give the same.

        Args:
            texts: Answered or not, two at least.

        Returns:
            The reduction; of no dimensions where the texts have no words.
        """
        words = CountVectorizer(ngram_range=_PAIRS, max_features=MOST_TERMS)
        if not any(map(words.build_analyzer(), texts)):
            return cls((), np.empty(0), np.empty((0, 0)))
        counts = words.fit_transform(texts)
        terms = tuple(words.get_feature_names_out().tolist())
        occurs = np.bincount(counts.indices, minlength=len(terms))
        idf = np.log((1 + len(texts)) / (1 + occurs)) + 1
        dims = min(DIMS, len(texts) - 1, len(terms))
        reduction = TruncatedSVD(dims, random_state=0).fit(_weighted(counts, idf))
        return cls(terms, idf, np.asarray(reduction.components_, dtype=np.float64))

    def __call__(self, texts: Sequence[str]) -> Floats:
        """Return features of length 1, or 0 of a text without known words, shape (texts, dims)."""
        if not self.terms or not texts:
            return np.zeros((len(texts), len(self.components)))
        reduced = _weighted(self._counter.transform(texts), self.idf) @ self.components.T
        length = np.linalg.norm(reduced, axis=1, keepdims=True)
        features: Floats = reduced / np.where(length > 0, length, 1.0)
        return features

    @cached_property
    def _counter(self) -> CountVectorizer:
        """Counts the known terms."""
        vocabulary = {term: place for place, term in enumerate(self.terms)}
        return CountVectorizer(ngram_range=_PAIRS, vocabulary=vocabulary)


def _weighted(counts: csr_matrix, idf: Floats) -> csr_matrix:
    """Return TF-IDF with the logarithm of counts, rows of length 1, shape (texts, terms)."""
    weighed = counts.astype(np.float64)
    weighed.data = (1 + np.log(weighed.data)) * idf[weighed.indices]
    rows = np.repeat(np.arange(weighed.shape[0]), np.diff(weighed.indptr))
    length = np.sqrt(np.bincount(rows, weighed.data**2, minlength=weighed.shape[0]))
    weighed.data /= length[rows]
    return weighed
