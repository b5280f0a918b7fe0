"""One more vote is asked only where it may turn the label, and is worth its price."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labeling.settings.policy_section import PolicySettings
from routing.planning.value_of_information import HIGHEST_SKILL, NextVote, gain, step

NO_AND_YES = ((0.2, 0.8), (0.8, 0.2))
"""Of a task that does not hold, probably, and of one that does: P(holds), P(holds not)."""
POLICY = PolicySettings(settle_above=0.95, error_cost=60)
probabilities = st.floats(0.2, 1)
skills = st.floats(0.55, 0.94)


def worth(posterior: float, left: int, skill: float = 0.8, error_cost: float = 60) -> float:
    return float(gain(posterior, left, NextVote.of_skill(skill), error_cost)[0])


def test_a_last_vote_gains_the_errors_that_it_mends_less_its_price() -> None:
    # From 0.6, a vote of skill 0.8 turns the label where it dissents: 0.4 · 0.8 errors are then
    # corrected, and 0.6 · 0.2 are made.
    assert worth(0.6, left=1) == pytest.approx(60 * (0.4 * 0.8 - 0.6 * 0.2) - 1)


def test_one_vote_that_can_only_bring_a_tie_is_worth_something_before_a_third_alone() -> None:
    assert worth(0.8, left=1) == 0
    assert worth(0.8, left=2) > 0


def test_two_votes_are_valued_as_the_best_plan_of_two() -> None:
    # Ask; if it dissents (a tie), ask again and follow; if it agrees, stop.
    dissent = 0.8 * 0.2 + 0.2 * 0.8
    corrected = 0.2 * 0.8 * 0.8 - 0.8 * 0.2 * 0.2
    assert worth(0.8, left=2) == pytest.approx(60 * corrected - 1 - dissent)


def test_where_no_label_has_half_a_rival_is_as_strong_and_a_vote_costs_the_same() -> None:
    assert worth(0.3, left=1) == pytest.approx(60 * (0.3 * 0.8 - 0.3 * 0.2) - 1)


@given(probabilities, st.integers(0, 6), skills, st.floats(0, 200))
def test_the_gain_lies_between_nothing_and_the_price_of_the_present_error(
    posterior: float, left: int, skill: float, error_cost: float
) -> None:
    assert 0 <= worth(posterior, left, skill, error_cost) <= error_cost * (1 - posterior) + 1e-6


@given(probabilities, skills, st.floats(0, 200))
def test_a_higher_cap_or_a_dearer_error_never_lowers_it(
    posterior: float, skill: float, error_cost: float
) -> None:
    by_cap = [worth(posterior, left, skill, error_cost) for left in range(6)]
    by_cost = [worth(posterior, 3, skill, error_cost * times) for times in (1, 2, 4)]
    assert all(lower <= higher + 1e-6 for lower, higher in pairwise(by_cap))
    assert all(lower <= higher + 1e-6 for lower, higher in pairwise(by_cost))


@given(probabilities, st.integers(0, 5))
def test_people_who_guess_are_worth_nothing(posterior: float, left: int) -> None:
    assert worth(posterior, left, skill=0.5) == 0


def test_about_a_label_that_is_impossible_nothing_is_worth_asking() -> None:
    assert gain(0.0, 3, NextVote(0.8, 0.8), 60.0).tolist() == [0.0]


def test_many_items_are_valued_as_one_by_one() -> None:
    posterior, left = np.array([0.4, 0.7, 0.9, 0.97]), np.array([3, 0, 5, 2])
    together = gain(posterior, left, NextVote.of_skill(0.8), 60)
    np.testing.assert_allclose(
        together, [worth(p, n) for p, n in zip(posterior, left, strict=True)]
    )


@pytest.mark.parametrize(
    ("posterior", "votes", "has_expert", "expected"),
    [
        (0.96, 1, True, "settled"),
        (0.96, 3, True, "settled"),
        (0.80, 1, True, "vote"),
        (0.80, 3, True, "expert"),
        (0.80, 3, False, "doubtful"),
        (0.94, 2, True, "doubtful"),
    ],
)
def test_what_comes_next(posterior: float, votes: int, has_expert: bool, expected: str) -> None:
    voters = NextVote.of_skill(0.8)
    found = step(posterior, votes, voters, POLICY, most=3, has_expert=has_expert)
    assert found == expected


def test_where_errors_cost_nothing_nobody_is_asked_again() -> None:
    policy = POLICY.model_copy(update={"error_cost": 0.0})
    voters = NextVote.of_skill(0.8)
    assert step(0.5, 1, voters, policy, most=3, has_expert=False) == "doubtful"


@pytest.mark.parametrize("labels", [2, 5])
@given(leader=st.floats(0.3, 1), skill=skills)
def test_errors_that_are_alike_for_all_labels_are_those_of_one_skill(
    labels: int, leader: float, skill: float
) -> None:
    posterior = np.full(labels, (1 - leader) / (labels - 1))
    posterior[1] = leader
    confusion = np.full((labels, labels), (1 - skill) / (labels - 1))
    np.fill_diagonal(confusion, skill)
    by_label, by_skill = NextVote.of_crowd(posterior, confusion), NextVote.of_skill(skill)
    assert (by_label.confirms, by_label.rejects) == pytest.approx((skill, skill))
    assert gain(leader, 3, by_label, 60) == pytest.approx(gain(leader, 3, by_skill, 60), abs=1e-6)


class TestOneSidedErrors:
    """Half of what holds is missed, and hardly anything is made up."""

    confusion = ((0.5, 0.5), (0.02, 0.98))

    def voters(self, posterior: tuple[float, float]) -> NextVote:
        return NextVote.of_crowd(posterior, self.confusion)

    def test_a_vote_is_expected_by_what_people_say_of_each_label(self) -> None:
        assert self.voters((0.2, 0.8)) == NextVote(confirms=HIGHEST_SKILL, rejects=0.5)
        assert self.voters((0.8, 0.2)) == NextVote(confirms=0.5, rejects=HIGHEST_SKILL)

    def test_a_label_that_people_miss_is_worth_asking_for_longer(self) -> None:
        missed, made_up = (float(gain(0.8, 1, self.voters(p), 60)[0]) for p in NO_AND_YES)
        assert missed > 0 == made_up


def test_what_people_say_of_other_labels_counts_by_how_probable_these_are() -> None:
    confusion = ((0.9, 0.05, 0.05), (0.2, 0.8, 0.0), (0.4, 0.0, 0.6))
    voters = NextVote.of_crowd((0.6, 0.3, 0.1), confusion)
    assert voters.rejects == pytest.approx((0.3 * 0.8 + 0.1 * 0.6) / 0.4)
