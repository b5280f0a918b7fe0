"""The benchmark of found errors: what is drawn, and how the ways to find them are judged."""

import numpy as np
import pandas as pd
import pytest

from bench.errors import draw, precision
from bench.errors_methods import by_crowdlab, by_tandem, by_vote_entropy, counts_of
from bench.held_out import held_out
from tandem.replay.beliefs import Beliefs

ITEMS = 60


def votes(each: int) -> pd.DataFrame:
    """Votes of which every sixth item's majority is wrong."""
    rows = [
        (item, f"w{(item + voter) % 7}", 1 - item % 2 if item % 6 == 0 and voter < 2 else item % 2)
        for item in range(ITEMS)
        for voter in range(each)
    ]
    return pd.DataFrame(rows, columns=["item", "worker", "label"])


def test_three_votes_an_item_are_drawn_by_the_seed() -> None:
    drawn = draw(votes(5), seed=1)
    assert set(drawn.groupby("item").size()) == {3}
    pd.testing.assert_frame_equal(drawn, draw(votes(5), seed=1))
    assert not drawn.equals(draw(votes(5), seed=2))


def test_ties_count_as_they_come_on_average() -> None:
    is_wrong = np.array([True, False] * 100)
    assert precision(is_wrong, np.zeros(200)).at_100 == pytest.approx(0.5)
    perfect = precision(is_wrong, is_wrong.astype(np.float64))
    assert (perfect.average_precision, perfect.at_100) == (1, 1)


def test_ours_and_crowdlab_find_what_votes_and_belief_speak_against() -> None:
    truth = np.arange(ITEMS) % 2
    believed = np.where(np.eye(2)[truth] > 0, 0.8, 0.2)
    standing, crowdlab = by_crowdlab(votes(3), believed)
    is_wrong = standing != truth
    assert is_wrong.sum() == ITEMS / 6
    ours = by_tandem(votes(3), believed, ("no", "yes"), standing)
    assert precision(is_wrong, ours).average_precision == pytest.approx(1)
    assert precision(is_wrong, crowdlab).average_precision > 0.9
    assert precision(is_wrong, by_vote_entropy(votes(3), 2)).average_precision == 1


def test_votes_are_counted_by_item_and_label() -> None:
    assert counts_of(votes(3), 2)[:2].tolist() == [[1, 2], [0, 3]]


def test_no_belief_knows_the_label_that_it_is_held_against() -> None:
    rng = np.random.default_rng(0)
    vectors = rng.normal(size=(200, 16))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    labels = rng.integers(2, size=200)
    beliefs = Beliefs("", "", "", np.log(np.full((200, 2), 0.5)), labels, vectors)
    believed = held_out(
        beliefs, np.arange(200, dtype=np.intp), labels.astype(np.intp), np.ones(200), seed=0
    )
    assert np.mean(believed.argmax(axis=1) == labels) < 0.65
