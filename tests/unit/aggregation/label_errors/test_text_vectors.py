"""Texts that share words are near."""

import numpy as np

from aggregation.label_errors.text_vectors import text_vectors


def test_texts_about_the_same_are_nearer_than_others() -> None:
    texts = [
        "the match was won by a late goal",
        "a late goal won the match",
        "rain and wind on the coast",
        "wind and rain on the coast again",
    ]
    near = text_vectors(texts) @ text_vectors(texts).T
    assert set(near[0].argsort()[-2:].tolist()) == {0, 1}
    assert set(near[2].argsort()[-2:].tolist()) == {2, 3}


def test_a_text_without_shared_words_is_near_to_none() -> None:
    vectors = text_vectors(["one two", "two one", "elsewhere"])
    assert np.linalg.norm(vectors, axis=1).round(6).tolist() == [1, 1, 0]


def test_where_no_two_texts_share_a_word_there_are_no_directions() -> None:
    assert text_vectors(["one", "two"]).shape == (2, 0)
