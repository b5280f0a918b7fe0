"""A student: a bag of tokens, each with a vector and a say of its own, behind a linear head.

It labels by three things alone: a tokenizer, a table of token vectors, and a table of weights. A
text's embedding is the sum of its tokens' vectors, brought to length 1; beside what the head makes
of that, each token adds its own few nats for or against each label, over the square root of the
number of tokens. numpy and the library `tokenizers` suffice.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain
from pathlib import Path
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load_file, save_file
from scipy.sparse import csr_matrix
from scipy.special import softmax
from tokenizers import Tokenizer

from backend.classifiers.base import TextClassifier
from labeling.mathtypes import Floats

WEIGHTS_FILE = "model.safetensors"
TOKENIZER_FILE = "tokenizer.json"
LABELS_FILE = "labels.json"

SHORTEST = 1e-9
"""The least length of an embedding; a text without tokens has none."""

TOGETHER = 1024
"""Texts that are tokenized at once."""

_NAMES = ("vectors", "head", "tokens", "bias")


@dataclass(frozen=True, eq=False)
class Student(TextClassifier):
    """A fitted student.

    Attributes:
        labels: See `TextClassifier`.
        tokenizer: As JSON of the library `tokenizers`; adds no tokens, cuts nothing.
        vectors: Of each token, shape (tokens, dims).
        head: From an embedding to nats, shape (dims, labels).
        tokens: What each token adds, in nats, shape (tokens, labels).
        bias: Nats, shape (labels,).
    """

    kind: ClassVar[str] = "student"

    labels: tuple[str, ...]
    tokenizer: str
    vectors: NDArray[np.float32]
    head: NDArray[np.float32]
    tokens: NDArray[np.float32]
    bias: NDArray[np.float32]

    def probabilities(
        self,
        texts: Sequence[str],
        embeddings: Floats | None = None,  # noqa: ARG002 - it has its own
    ) -> Floats:
        """Label texts; see `TextClassifier`."""
        parts = [softmax(self.nats(bag), axis=1) for bag in self.bags.of(texts)]
        return np.concatenate([np.empty((0, len(self.labels))), *parts])

    def nats(self, bag: csr_matrix) -> Floats:
        """Return unnormalised natural-log probabilities.

        Args:
            bag: How often each token stands in each text, shape (texts, tokens).

        Returns:
            Shape (texts, labels).
        """
        found: Floats = (
            embeddings_of(bag, self.vectors) @ self.head + scaled(bag) @ self.tokens + self.bias
        ).astype(np.float64)
        return found

    @cached_property
    def bags(self) -> "Bags":
        """Turns texts into bags of tokens."""
        return Bags(self.tokenizer)

    def sharpened(self, factor: float) -> Self:
        """Return it with all nats multiplied, which moves its confidence and no answer."""
        times = np.float32(factor)
        return replace(
            self, head=self.head * times, tokens=self.tokens * times, bias=self.bias * times
        )

    def save(self, folder: Path) -> None:
        """Write weights, tokenizer and labels; see `TextClassifier`."""
        weights = {name: np.ascontiguousarray(getattr(self, name)) for name in _NAMES}
        save_file(weights, folder / WEIGHTS_FILE)
        (folder / TOKENIZER_FILE).write_text(self.tokenizer, "utf-8")
        (folder / LABELS_FILE).write_text(json.dumps([*self.labels], ensure_ascii=False), "utf-8")

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read what `save` wrote; see `TextClassifier`."""
        try:
            weights = load_file(folder / WEIGHTS_FILE)
            found = {name: weights[name] for name in _NAMES}
        except (SafetensorError, KeyError) as error:
            raise ValueError(f"{folder} holds no student: {error}") from error
        tokenizer = (folder / TOKENIZER_FILE).read_text("utf-8")
        labels: Any = json.loads((folder / LABELS_FILE).read_text("utf-8"))
        student = cls(tuple(labels), tokenizer, **found)
        student._require_fit(folder)
        return student

    def _require_fit(self, folder: Path) -> None:
        """Check that the parts are of one student.

        Raises:
            ValueError: They are not.
        """
        labels, (tokens, dims) = len(self.labels), self.vectors.shape
        shapes = (self.head.shape, self.tokens.shape, self.bias.shape)
        if shapes != ((dims, labels), (tokens, labels), (labels,)):
            raise ValueError(f"the parts in {folder} are of different students")


class Bags:
    """Turns texts into bags of tokens.

    Args:
        tokenizer: As JSON of the library `tokenizers`.
    """

    def __init__(self, tokenizer: str) -> None:
        self._tokenizer = Tokenizer.from_str(tokenizer)
        self._width = self._tokenizer.get_vocab_size(with_added_tokens=True)

    def of(self, texts: Sequence[str]) -> Iterator[csr_matrix]:
        """Count the tokens of texts, a thousand texts at a time.

        Yields:
            How often each token stands in each text, shape (texts, tokens).
        """
        for start in range(0, len(texts), TOGETHER):
            # Half of a surrogate pair, which JSON can bring, is no text to a tokenizer.
            some = [
                text.encode("utf-8", "replace").decode("utf-8")
                for text in texts[start : start + TOGETHER]
            ]
            encoded = self._tokenizer.encode_batch_fast(some, add_special_tokens=False)
            ids = [one.ids for one in encoded]
            ends = np.cumsum([0, *(len(one) for one in ids)])
            flat = np.fromiter(chain.from_iterable(ids), np.int32, int(ends[-1]))
            ones = np.ones(len(flat), dtype=np.float32)
            yield csr_matrix((ones, flat, ends), shape=(len(some), self._width))


def embeddings_of(bag: csr_matrix, vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the embeddings of texts.

    Args:
        bag: How often each token stands in each text, shape (texts, tokens).
        vectors: Of each token, shape (tokens, dims).

    Returns:
        Of length 1, or 0 where there is no token, shape (texts, dims).
    """
    sums = bag @ vectors
    length = np.linalg.norm(sums, axis=1, keepdims=True)
    embeddings: NDArray[np.float32] = sums / np.maximum(length, np.float32(SHORTEST))
    return embeddings


def scaled(bag: csr_matrix) -> csr_matrix:
    """Divide a bag by the square root of the number of tokens of each text."""
    counts = np.maximum(np.asarray(bag.sum(axis=1)).ravel(), 1)
    rows = np.repeat(1 / np.sqrt(counts), np.diff(bag.indptr))
    shares = (bag.data * rows).astype(np.float32)
    return csr_matrix((shares, bag.indices, bag.indptr), shape=bag.shape)
