"""Texts as vectors, by the words that they share: latent semantic analysis.

TF-IDF of words, reduced to the directions that tell most texts apart (Deerwester et al. 1990), so
that texts with related words are near. It needs no model, so that whoever checks labels needs none
either.
"""

from collections.abc import Sequence

import numpy as np

from labeling.mathtypes import Floats

DIMENSIONS = 100
"""Directions that are kept, at most."""


def text_vectors(texts: Sequence[str]) -> Floats:
    """Return a vector a text.

    Args:
        texts: The texts.

    Returns:
        Vectors of length 1, or 0 where a text has no word that another one has, shape (texts,
        dims); no dimensions where no two texts share a word.
    """
    from sklearn.decomposition import TruncatedSVD  # type: ignore[import-untyped]
    from sklearn.feature_extraction.text import TfidfVectorizer  # type: ignore[import-untyped]

    try:
        table = TfidfVectorizer(sublinear_tf=True, min_df=2).fit_transform(texts)
    except ValueError:  # no word is in two texts
        return np.zeros((len(texts), 0))
    dimensions = min(DIMENSIONS, *table.shape)
    if dimensions < min(table.shape):
        table = TruncatedSVD(dimensions, random_state=0).fit_transform(table)
    else:
        table = table.toarray()
    vectors: Floats = np.asarray(table, dtype=np.float64)
    lengths: Floats = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.divide(vectors, lengths, out=np.zeros_like(vectors), where=lengths > 0)
