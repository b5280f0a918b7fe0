"""What people would say of a task is estimated from a few votes, better than by their shares."""

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregation.subjective.label_distributions import (
    LabelDistributions,
    label_distributions,
    vote_shares,
)
from labeling.mathtypes import Floats

LABELS = ("a", "b", "c")

votes_by_task = st.dictionaries(
    st.integers(1, 50), st.lists(st.sampled_from(LABELS), max_size=6), max_size=12
)
probabilities = st.lists(st.floats(0.01, 1.0), min_size=3, max_size=3).map(
    lambda weights: dict(zip(LABELS, (w / sum(weights) for w in weights), strict=True))
)


@given(votes_by_task, st.dictionaries(st.integers(1, 60), probabilities, max_size=12))
def test_shares_are_distributions_over_all_labels_of_every_task_with_a_vote(
    votes: dict[int, list[str]], beliefs: dict[int, dict[str, float]]
) -> None:
    found = label_distributions(votes, LABELS, beliefs)
    assert {task for task, own in votes.items() if own} <= set(found.shares)
    for task, shares in found.shares.items():
        assert tuple(shares) == LABELS
        assert sum(shares.values()) == pytest.approx(1.0)
        assert all(0 < share < 1 for share in shares.values())
        assert found.evidence[task] == pytest.approx(len(votes.get(task, ())) + found.concentration)


@given(votes_by_task, st.permutations(LABELS))
def test_neither_the_order_of_labels_nor_that_of_votes_matters(
    votes: dict[int, list[str]], order: Sequence[str]
) -> None:
    found = label_distributions(votes, LABELS)
    other = label_distributions({task: own[::-1] for task, own in votes.items()}, order)
    for task, shares in found.shares.items():
        assert other.shares[task] == pytest.approx(shares)


@given(votes_by_task.filter(lambda votes: any(votes.values())), st.sampled_from(LABELS))
def test_one_more_vote_for_a_label_makes_no_other_label_more_frequent_there(
    votes: dict[int, list[str]], label: str
) -> None:
    """What is known of all tasks is held fast: the same votes elsewhere, many times over."""
    crowd = {100 + number: list(LABELS) for number in range(60)}
    task = next(task for task, own in votes.items() if own)
    before = label_distributions({**crowd, **votes}, LABELS).shares[task]
    after = label_distributions({**crowd, **votes, task: [*votes[task], label]}, LABELS)
    assert after.shares[task][label] > before[label]


def drawn(truth: Floats, votes: int, seed: int) -> dict[int, list[str]]:
    rng = np.random.default_rng(seed)
    return {
        task: [LABELS[place] for place in rng.choice(3, votes, p=own)]
        for task, own in enumerate(truth)
    }


def losses(estimated: Floats, truth: Floats) -> tuple[float, float, float]:
    """Mean cross-entropy, squared distance and total variation against the true shares."""
    log_loss = -(truth * np.log(np.maximum(estimated, 1e-3))).sum(axis=1).mean()
    squared = ((estimated - truth) ** 2).sum(axis=1).mean()
    return float(log_loss), float(squared), float(np.abs(estimated - truth).sum(axis=1).mean() / 2)


def array(found: LabelDistributions) -> Floats:
    return np.array([[*found.shares[task].values()] for task in sorted(found.shares)])


@pytest.mark.parametrize("votes", [1, 3, 5])
@pytest.mark.parametrize("concentration", [1.0, 2.0, 10.0])
def test_it_is_nearer_to_the_true_shares_than_those_of_the_votes(
    votes: int, concentration: float
) -> None:
    rng = np.random.default_rng(0)
    truth = rng.dirichlet(concentration * np.array([0.5, 0.3, 0.2]), 1000)
    voted = drawn(truth, votes, seed=1)
    raw = np.array([[own.count(label) / votes for label in LABELS] for own in voted.values()])
    found, plain = losses(array(label_distributions(voted, LABELS)), truth), losses(raw, truth)
    assert found[:2] < plain[:2]
    assert found[2] <= plain[2] * (1.0 if concentration >= 2 else 1.05)


def test_of_people_who_nearly_all_agree_a_lone_vote_a_task_cannot_tell_that_they_do() -> None:
    """A lone vote is nearly all of the truth then; that it is, only several votes on tasks tell."""
    rng = np.random.default_rng(0)
    truth = rng.dirichlet(0.7 * np.array([0.5, 0.3, 0.2]), 400)
    alone = drawn(truth, 1, seed=1)
    some_repeated = {**drawn(truth, 5, seed=1), **{task: alone[task] for task in range(80, 400)}}
    lone = losses(array(label_distributions(alone, LABELS))[80:], truth[80:])
    helped = losses(array(label_distributions(some_repeated, LABELS))[80:], truth[80:])
    assert helped < lone


def test_how_far_tasks_differ_is_learned_from_their_votes() -> None:
    rng = np.random.default_rng(0)
    learned = [
        label_distributions(
            drawn(rng.dirichlet(true * np.ones(3) / 3, 500), 5, seed=2), LABELS
        ).concentration
        for true in (1.0, 4.0, 16.0)
    ]
    assert learned == pytest.approx([1.0, 4.0, 16.0], rel=0.35)


class TestTheModelsBelief:
    """It stands in for votes where it predicts them, and is left aside where it does not."""

    TRUTH = np.random.default_rng(3).dirichlet(np.array([1.0, 0.6, 0.4]), 300)
    VOTES = drawn(TRUTH, 3, seed=4)

    def beliefs(self, shares: Floats) -> dict[int, dict[str, float]]:
        noisy = shares + 0.05
        return {
            task: dict(zip(LABELS, row, strict=True))
            for task, row in enumerate((noisy / noisy.sum(axis=1, keepdims=True)).tolist())
        }

    def test_a_good_one_brings_it_nearer_to_the_true_shares(self) -> None:
        found = label_distributions(self.VOTES, LABELS, self.beliefs(self.TRUTH))
        without = label_distributions(self.VOTES, LABELS)
        assert found.belief_weight > 0.5
        assert losses(array(found), self.TRUTH) < losses(array(without), self.TRUTH)

    def test_one_that_knows_nothing_of_the_task_changes_nothing(self) -> None:
        shuffled = np.random.default_rng(5).permutation(self.TRUTH)
        found = label_distributions(self.VOTES, LABELS, self.beliefs(shuffled))
        assert found == label_distributions(self.VOTES, LABELS)

    def test_one_that_says_nothing_is_seldom_taken_for_one_that_helps(self) -> None:
        taken = 0
        for seed in range(30):
            rng = np.random.default_rng(seed)
            votes = drawn(rng.dirichlet([1.0, 0.6, 0.4], 80), 3, seed)
            noise = dict(enumerate(rng.dirichlet([50.0, 30.0, 20.0], 80).tolist()))
            beliefs = {task: dict(zip(LABELS, row, strict=True)) for task, row in noise.items()}
            taken += label_distributions(votes, LABELS, beliefs).belief_weight > 0
        assert taken <= 6

    def test_tasks_without_a_vote_have_a_distribution_only_where_it_helps(self) -> None:
        beliefs = self.beliefs(self.TRUTH)
        few = {task: own for task, own in self.VOTES.items() if task < 200}
        assert set(label_distributions(few, LABELS, beliefs).shares) == set(beliefs)
        assert set(label_distributions(few, LABELS).shares) == set(few)


def test_a_label_that_nobody_gave_of_many_votes_is_probably_one_that_hardly_anybody_says() -> None:
    crowd = {task: ["a", "b", "c", "a", "b"] for task in range(40)}
    found = label_distributions({**crowd, 100: ["a"] * 60}, LABELS)
    assert found.probability_below(100, "b", 0.05) > found.probability_below(1, "b", 0.05)
    assert found.probability_below(100, "no label of it", 0.05) == 1.0


def test_vote_shares_are_plain_shares() -> None:
    assert vote_shares(["yes", "no", "yes", "yes"]) == {"yes": 0.75, "no": 0.25}


def test_without_labels_or_votes_nothing_is_known() -> None:
    assert label_distributions({}, LABELS).shares == {}
    assert label_distributions({1: []}, ()).shares == {}
