"""Workers who take one class for another, and who miss what is there, are told apart."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregation.by_type.confusion import ClassVotes, class_probabilities
from aggregation.classification.numbered_votes import NumberedVotes
from labeling.mathtypes import Floats, Indices

NONE, PER, ORG = range(3)
MEMBERS = np.array([[False, True, False], [False, False, True]])
CAREFUL = [[0.97, 0.02, 0.01], [0.1, 0.85, 0.05], [0.1, 0.05, 0.85]]
CONFUSED = [[0.97, 0.02, 0.01], [0.1, 0.85, 0.05], [0.1, 0.7, 0.2]]
BLIND = [[0.98, 0.01, 0.01], [0.8, 0.15, 0.05], [0.8, 0.05, 0.15]]


def votes_on(
    said: "Indices", believed: Floats | None = None, nothing: Floats | None = None
) -> ClassVotes:
    """Let each worker, a column, vote on each item, a row."""
    items, workers = np.indices(said.shape)
    count = len(said)
    return ClassVotes(
        NumberedVotes(items.ravel(), workers.ravel(), said.ravel(), (count, said.shape[1], 3)),
        np.ones(count),
        MEMBERS,
        np.full((count, 2), np.nan) if believed is None else believed,
        np.zeros(count) if nothing is None else nothing,
    )


def simulated(crowd: list[list[list[float]]], items: int = 1500) -> tuple[Indices, Indices]:
    """Draw true classes and what each worker says of them."""
    rng = np.random.default_rng(0)
    truth = rng.choice(3, size=items, p=[0.7, 0.15, 0.15])
    said = [[rng.choice(3, p=matrix[k]) for matrix in crowd] for k in truth]
    return truth, np.array(said)


def right(truth: Indices, posterior: Floats) -> float:
    return float((posterior.argmax(axis=1) == truth).mean())


def test_who_takes_one_label_for_another_is_read_accordingly() -> None:
    truth, said = simulated([CONFUSED, CONFUSED, CAREFUL])
    posterior = class_probabilities(votes_on(said))
    majority = np.array([np.bincount(row, minlength=3) for row in said], dtype=np.float64)
    assert right(truth, posterior) > right(truth, majority) + 0.03
    is_told = (said == [PER, PER, ORG]).all(axis=1)
    assert (posterior[is_told].argmax(axis=1) == ORG).all()


def test_where_most_miss_what_is_there_those_who_see_it_are_enough() -> None:
    truth, said = simulated([BLIND, BLIND, BLIND, CAREFUL, CAREFUL])
    posterior = class_probabilities(votes_on(said))
    assert right(truth, posterior) > 0.9
    assert (posterior[(said == [NONE] * 3 + [PER] * 2).all(axis=1)].argmax(axis=1) == PER).all()


def test_the_posterior_is_calibrated() -> None:
    truth, said = simulated([CAREFUL, CONFUSED, BLIND])
    posterior = class_probabilities(votes_on(said))
    assert posterior.max(axis=1).mean() == pytest.approx(right(truth, posterior), abs=0.03)


def test_items_alike_are_as_good_as_each_by_itself() -> None:
    _, said = simulated([CAREFUL, CONFUSED, BLIND], items=200)
    alone = class_probabilities(votes_on(said))
    kinds, number, counts = np.unique(said, axis=0, return_inverse=True, return_counts=True)
    one = votes_on(kinds)
    grouped = replace(one, weights=counts.astype(np.float64))
    np.testing.assert_allclose(class_probabilities(grouped)[number], alone, atol=1e-4)


def test_a_belief_is_the_prior_of_the_labels_that_it_lists() -> None:
    _, said = simulated([CAREFUL, CONFUSED, BLIND], items=300)
    believed = np.full((300, 2), np.nan)
    alone = class_probabilities(votes_on(said))
    believed[:3] = [[0.9, 0.05], [0.5, np.nan], [0.02, 0.02]]
    with_model = class_probabilities(votes_on(said, believed))
    assert with_model[0, PER] > alone[0, PER]
    assert with_model[2, NONE] > alone[2, NONE]
    np.testing.assert_allclose(with_model[3:], alone[3:], atol=0.1)


@given(st.lists(st.lists(st.integers(0, 2), min_size=3, max_size=3), min_size=1, max_size=9))
def test_where_all_name_one_class_it_is_the_most_probable(table: list[list[int]]) -> None:
    said = np.array(table)
    posterior = class_probabilities(votes_on(said))
    np.testing.assert_allclose(posterior.sum(axis=1), 1.0)
    assert ((posterior >= 0) & (posterior <= 1)).all()
    for row, p in zip(said, posterior, strict=True):
        if len({*row}) == 1:
            assert p[row[0]] >= p.max() - 1e-9
