"""Embeddings as strings: what is read is what was written, to half precision."""

import base64

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labeling.protocol.embed import decoded, encoded


@given(st.lists(st.floats(-1, 1), max_size=400))
def test_what_is_read_is_what_was_written(numbers: list[float]) -> None:
    vector = np.array(numbers, dtype=np.float32)
    assert decoded(encoded(vector)) == pytest.approx(vector, abs=5e-4)


def test_a_vector_of_384_numbers_takes_a_kilobyte() -> None:
    assert len(encoded(np.zeros(384, dtype=np.float32))) == 1024


@pytest.mark.parametrize(
    "text",
    ["no base64!", "AA==", "é", base64.b64encode(np.array([np.nan], "<f2").tobytes()).decode()],
    ids=["other letters", "half a number", "no ASCII", "not a number"],
)
def test_what_is_no_vector_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        decoded(text)
