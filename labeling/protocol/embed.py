"""`POST /embed`: texts go in, their embeddings come out, as strings of half the precision."""

import base64
import binascii

import numpy as np
import numpy.typing as npt
from pydantic import Field

from labeling.protocol.body import Body

MOST_TEXTS = 1_000
"""Texts of one request."""

_STORED = np.dtype("<f2")


class EmbedRequest(Body):
    """`POST /embed`: texts, as in `AnsweredText`."""

    texts: list[str] = Field(max_length=MOST_TEXTS)


class EmbedResponse(Body):
    """The embeddings of texts.

    Attributes:
        model: The embedding model's name; None: the service has none.
        vectors: One per text, in order, see `encoded`; None where there was no time for it, or it
            cannot be encoded. Empty where there is no model.
    """

    model: str | None
    vectors: list[str | None]


def encoded(vector: npt.NDArray[np.float32]) -> str:
    """Write a vector as base64 of half-precision numbers, the low byte first: 1 KB for 384."""
    return base64.b64encode(vector.astype(_STORED).tobytes()).decode("ascii")


def decoded(text: str) -> npt.NDArray[np.float32]:
    """Read what `encoded` wrote, to three significant digits, shape (dims,).

    Raises:
        ValueError: It did not.

    Examples:
        >>> decoded(encoded(np.array([0.6, -0.8], dtype=np.float32))).round(3).tolist()
        [0.6000000238418579, -0.800000011920929]
    """
    try:
        content = base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise ValueError("no base64") from error
    vector = np.frombuffer(content, dtype=_STORED).astype(np.float32)
    if not np.isfinite(vector).all():
        raise ValueError("no vector")
    return vector
