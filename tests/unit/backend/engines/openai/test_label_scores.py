"""Labels are scored by what a server says about next tokens, and what it keeps is bounded."""

import math
from collections.abc import Mapping, Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.engines import Scored
from backend.engines.openai.label_scores import LabelPrefix, Piece, bound_of, score_labels

Told = Mapping[bytes, Mapping[bytes, float]]
"""By what stands behind the prompt: the probabilities of next tokens that the server tells."""


def scored(told: Told, *labels: str, whole_labels: bool = True) -> Scored:
    """Score labels on a server that does not tell how it cuts texts."""

    def ask(prefix: LabelPrefix, _: Sequence[Piece]) -> Mapping[bytes, float]:
        return {token: math.log(share) for token, share in told[prefix.text].items()}

    return score_labels(ask, labels, lambda _: None, whole_labels=whole_labels)


def test_a_label_s_probability_is_the_product_over_its_tokens() -> None:
    told = {
        b"": {b" red": 0.5, b" light": 0.25},
        b" light": {b" blue": 0.5, b" green": 0.25},
    }
    found = scored(told, " red", " light blue", " light green")
    assert np.exp(found.loglikelihoods) == pytest.approx([0.5, 0.125, 0.0625])
    assert found.missing == 0.0


def test_labels_are_read_no_further_than_they_must_be_to_tell_them_apart() -> None:
    told = {b"": {b" red": 0.5, b" light": 0.25}}
    found = scored(told, " red", " light blue", whole_labels=False)
    assert np.exp(found.loglikelihoods) == pytest.approx([0.5, 0.25])


def test_a_label_that_was_not_told_gets_the_least_told_probability_and_it_is_missing() -> None:
    found = scored({b"": {b" red": 0.5, b" blue": 0.1}}, " red", " green")
    assert np.exp(found.loglikelihoods) == pytest.approx([0.5, 0.1])
    assert found.missing == pytest.approx(0.1)


def test_a_label_that_was_not_told_gets_no_more_than_is_left_beside_the_told() -> None:
    found = scored({b"": {b" red": 0.68, b" blue": 0.3}}, " green")
    assert found.missing == pytest.approx(0.02)


def test_the_beginning_of_a_word_does_not_stand_for_the_word() -> None:
    """` World` is hidden among what was not told; ` W` is told, and mostly begins other words."""
    told = {
        b"": {b" W": 0.3, b" Sports": 0.2, b" Art": 0.01},
        b" W": {b"ith": 0.8, b"orld": 0.001},
    }
    found = scored(told, " World", " Sports")
    assert np.exp(found.loglikelihoods) == pytest.approx([0.01, 0.2])
    assert found.missing == pytest.approx(0.01)


def test_a_word_that_is_told_in_parts_is_as_probable_as_they_are() -> None:
    told = {
        b"": {b" Entertain": 0.5, b" Art": 0.01},
        b" Entertain": {b"ment": 0.9, b"ing": 0.05},
    }
    found = scored(told, " Entertainment")
    assert np.exp(found.loglikelihoods) == pytest.approx([0.45])


def test_a_word_s_end_leaves_nothing_hidden() -> None:
    told = {
        b"": {b" Science": 0.4, b" Art": 0.01},
        b" Science": {b" and": 0.5, b" fiction": 0.1},
        b" Science and": {b" technology": 0.25, b" art": 0.1},
    }
    found = scored(told, " Science and technology")
    assert np.exp(found.loglikelihoods) == pytest.approx([0.05])
    assert found.missing == 0.0


def test_the_server_s_own_tokens_are_the_ones_that_count() -> None:
    """` World` is one token there, so that ` W` and `orld` are another text to the model."""
    pieces = {" World": [(7, b"token_id:7")], " Sports": [(8, b"token_id:8"), (9, b"token_id:9")]}
    told = {
        (): {b"token_id:1": 0.3, b"token_id:7": 0.1, b"token_id:8": 0.2},
        (8,): {b"token_id:9": 0.5},
    }

    def ask(prefix: LabelPrefix, wanted: Sequence[Piece]) -> Mapping[bytes, float]:
        shares = told[prefix.tokens or ()]
        assert all(name in shares for _, name in wanted)
        return {name: math.log(share) for name, share in shares.items()}

    found = score_labels(ask, [*pieces], pieces.get, whole_labels=True)
    assert np.exp(found.loglikelihoods) == pytest.approx([0.1, 0.1])
    assert found.missing == 0.0


def test_an_empty_label_is_certain() -> None:
    assert scored({}, "").loglikelihoods.tolist() == [0.0]


@given(st.lists(st.floats(0.001, 1.0), min_size=2, max_size=30), st.integers(1, 29))
def test_no_token_that_is_kept_is_more_probable_than_the_bound(
    weights: list[float], count: int
) -> None:
    shares = sorted((weight / sum(weights) for weight in weights), reverse=True)
    shown, kept = shares[:count], shares[count:]
    bound = bound_of({b"%d" % n: math.log(share) for n, share in enumerate(shown)})
    assert all(math.log(share) <= bound + 1e-9 for share in kept)
