"""Items that divide people are told from items that people merely get wrong."""

import numpy as np
import pandas as pd
import pytest

from aggregation.subjective.subjectivity import soft_labels, subjectivity
from labeling.errors import NotEnoughVotes


def crowd(shares: "np.typing.NDArray[np.float64]", votes: int, seed: int) -> pd.DataFrame:
    """Draw votes yes or no, one probability of yes an item."""
    rng = np.random.default_rng(seed)
    rows = [
        (task, f"w{worker}", "yes" if rng.random() < share else "no")
        for task, share in enumerate(shares)
        for worker in range(votes)
    ]
    return pd.DataFrame(rows, columns=["task", "worker", "label"])


def truth_with_errors(items: int, error: float) -> "np.typing.NDArray[np.float64]":
    return np.where(np.arange(items) % 2 == 0, 1 - error, error)


def test_one_common_error_rate_is_seldom_taken_for_a_difference_of_opinion() -> None:
    found = [
        subjectivity(crowd(truth_with_errors(200, 0.15), 5, seed), 2, seed=seed)
        for seed in range(12)
    ]
    assert not any(one.is_subjective for one in found)
    assert np.mean([one.spread for one in found]) == pytest.approx(1, abs=0.1)


def test_items_that_divide_people_beside_items_that_do_not_are_subjective() -> None:
    shares = truth_with_errors(300, 0.03)
    shares[:90] = 0.5
    found = subjectivity(crowd(shares, 6, seed=1), 2, seed=0)
    assert found.is_subjective
    assert found.divided > found.divided_by_error + 0.1


def test_a_few_hard_items_do_not_make_a_task_subjective() -> None:
    shares = truth_with_errors(600, 0.03)
    shares[:30] = 0.5
    found = subjectivity(crowd(shares, 6, seed=1), 2, seed=0)
    assert found.p_value < 0.01
    assert not found.is_subjective


def test_full_agreement_is_not_subjective() -> None:
    found = subjectivity(crowd(truth_with_errors(20, 0.0), 3, seed=0), 2, seed=0)
    assert (found.divided, found.is_subjective) == (0, False)


def test_without_repeated_votes_nothing_is_told() -> None:
    with pytest.raises(NotEnoughVotes):
        subjectivity(crowd(truth_with_errors(20, 0.1), 1, seed=0), 2, seed=0)


def test_soft_labels_are_the_shares_of_the_votes() -> None:
    rows = [(1, "v", "yes"), (1, "w", "no"), (2, "v", "no")]
    found = soft_labels(pd.DataFrame(rows, columns=["task", "worker", "label"]))
    assert found.to_dict("index") == {1: {"no": 0.5, "yes": 0.5}, 2: {"no": 1.0, "yes": 0.0}}
