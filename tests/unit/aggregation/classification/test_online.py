"""Consensus from the votes seen so far: one-coin skills, and the crowd's own share of labels."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregation.classification.bayesian import GUESS, HIGHEST_ACCURACY
from aggregation.classification.online import EVEN, OnlineConsensus, consensus

Vote = tuple[int, int, int]
SHAPE = (6, 4, 3)

crowds = st.lists(
    st.tuples(st.integers(0, 5), st.integers(0, 3), st.integers(0, 2)),
    min_size=1,
    max_size=24,
    unique_by=lambda vote: vote[:2],
)


def seen(votes: list[Vote], shape: tuple[int, int, int] = SHAPE) -> OnlineConsensus:
    tasks, workers, labels = np.array(votes, dtype=np.intp).T
    return consensus(tasks, workers, labels, shape)


def crowd(
    accuracies: list[float], shares: list[float], tasks: int, seed: int
) -> tuple[list[Vote], list[int]]:
    rng = np.random.default_rng(seed)
    k = len(shares)
    truth = [int(label) for label in rng.choice(k, size=tasks, p=shares)]
    votes = [
        (
            task,
            worker,
            label if rng.random() < right else int(rng.choice(np.delete(np.arange(k), label))),
        )
        for task, label in enumerate(truth)
        for worker, right in enumerate(accuracies)
    ]
    return votes, truth


@given(crowds)
def test_every_posterior_is_a_distribution_and_every_accuracy_is_no_worse_than_chance(
    votes: list[Vote],
) -> None:
    found = seen(votes)
    np.testing.assert_allclose(found.posterior.sum(axis=1), 1)
    assert ((found.accuracy >= 1 / 3) & (found.accuracy <= HIGHEST_ACCURACY)).all()


@given(crowds)
def test_the_order_of_votes_changes_nothing(votes: list[Vote]) -> None:
    np.testing.assert_allclose(seen(votes).posterior, seen(votes[::-1]).posterior, atol=1e-9)


def test_lone_votes_make_nobody_reliable() -> None:
    votes = [(task, task % 4, task % 3) for task in range(600)]
    found = seen(votes, (600, 4, 3))
    np.testing.assert_allclose(found.accuracy, GUESS, atol=0.01)
    np.testing.assert_allclose(found.posterior.max(axis=1), GUESS, atol=0.01)


def test_lone_votes_for_a_rare_label_are_not_overruled_by_its_rarity() -> None:
    votes = [(task, task % 4, int(task < 150)) for task in range(200)]
    assert seen(votes, (200, 4, 2)).labels.tolist() == [label for _, _, label in votes]


def test_a_frequent_label_needs_less_confirmation() -> None:
    votes, _ = crowd([0.85, 0.85, 0.85], [0.8, 0.2], tasks=400, seed=1)
    lone = [(400, 0, 0), (401, 0, 1)]
    found = seen([*votes, *lone], (402, 3, 2))
    assert found.posterior[400, 0] > found.posterior[401, 1]


def test_skills_are_learnt_from_agreement() -> None:
    accuracies = [0.95, 0.9, 0.7, 0.5]
    votes, truth = crowd(accuracies, [0.5, 0.5], tasks=1000, seed=2)
    found = seen(votes, (1000, 4, 2))
    np.testing.assert_allclose(found.accuracy, accuracies, atol=0.05)
    assert found.skill == pytest.approx(np.mean(accuracies), abs=0.03)
    assert (found.labels == truth).mean() > 0.95


def test_a_task_without_votes_has_the_crowds_shares() -> None:
    found = seen([(task, worker, 0) for task in range(5) for worker in range(4)], SHAPE)
    assert found.posterior[5].argmax() == 0
    assert found.posterior[5].min() >= EVEN / 3
