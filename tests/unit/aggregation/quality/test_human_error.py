"""People's own error: counted where gold is known, and told from repeated votes where it is not."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregation.quality.human_error import (
    against_gold,
    from_repeats,
    majority_error,
    single_accuracy,
)
from aggregation.quality.intervals import clopper_pearson
from labeling.errors import NotEnoughVotes

LABELS = ("A", "B", "C")


def crowd(accuracy: float, votes: int, items: int, seed: int, k: int = 3) -> pd.DataFrame:
    """Draw independent votes on items that are all truly A."""
    rng = np.random.default_rng(seed)
    shares = [accuracy, *[(1 - accuracy) / (k - 1)] * (k - 1)]
    rows = [
        (task, f"w{worker}", LABELS[rng.choice(k, p=shares)])
        for task in range(items)
        for worker in range(votes)
    ]
    return pd.DataFrame(rows, columns=["task", "worker", "label"])


def test_errors_against_gold_are_counted() -> None:
    labels = pd.Series({1: "A", 2: "B", 3: "C", 4: "A"})
    gold = pd.Series({1: "A", 2: "A", 3: "C", 9: "B"})
    found = against_gold(labels, gold)
    assert (found.error, found.items) == (1 / 3, 3)
    assert found.interval == clopper_pearson(1, 3)


def test_without_common_items_nothing_is_counted() -> None:
    with pytest.raises(NotEnoughVotes):
        against_gold(pd.Series({1: "A"}), pd.Series({2: "A"}))


@given(st.floats(0.34, 1), st.integers(2, 8))
def test_the_accuracy_behind_an_agreement_gives_that_agreement(accuracy: float, k: int) -> None:
    accuracy = max(accuracy, 1 / k)
    agreement = accuracy**2 + (1 - accuracy) ** 2 / (k - 1)
    assert single_accuracy(agreement, k) == pytest.approx(accuracy, abs=1e-6)


def test_less_agreement_than_chance_gives_is_chance() -> None:
    assert single_accuracy(0.1, 4) == 0.25


def test_three_votes_on_two_labels_err_as_the_binomial_says() -> None:
    assert majority_error(0.8, 3, 2) == pytest.approx(0.2**3 + 3 * 0.2**2 * 0.8)
    assert majority_error(0.8, 2, 2) == pytest.approx(majority_error(0.8, 1, 2)) == 0.2


@pytest.mark.parametrize(("votes", "k"), [(2, 3), (3, 3), (5, 4), (7, 3)])
def test_the_error_of_a_majority_is_what_simulation_gives(votes: int, k: int) -> None:
    rng = np.random.default_rng(7)
    counts = rng.multinomial(votes, [0.5, *[0.5 / (k - 1)] * (k - 1)], size=40_000)
    leads = counts == counts.max(axis=1, keepdims=True)
    simulated = 1 - (leads[:, 0] / leads.sum(axis=1)).mean()
    assert majority_error(0.5, votes, k) == pytest.approx(simulated, abs=0.01)


@given(st.floats(0.5, 1), st.integers(1, 9), st.integers(2, 5))
def test_more_votes_never_do_worse_than_one(accuracy: float, votes: int, k: int) -> None:
    assert 0 <= majority_error(accuracy, votes, k) <= 1 - accuracy + 1e-9


def test_the_interval_holds_the_true_error_about_as_often_as_it_says() -> None:
    truth = majority_error(0.85, 3, 3)
    found = [from_repeats(crowd(0.85, 2, 150, seed), 3, 3, seed=seed) for seed in range(40)]
    assert sum(one.interval.low <= truth <= one.interval.high for one in found) >= 34
    assert np.mean([one.error for one in found]) == pytest.approx(truth, abs=0.01)


def test_it_is_the_same_at_every_call_with_a_seed() -> None:
    votes = crowd(0.8, 2, 50, seed=1)
    assert from_repeats(votes, 3, 1, seed=4) == from_repeats(votes, 3, 1, seed=4)


def test_without_repeated_votes_nothing_is_told() -> None:
    with pytest.raises(NotEnoughVotes):
        from_repeats(crowd(0.8, 1, 50, seed=1), 3, 1, seed=0)
