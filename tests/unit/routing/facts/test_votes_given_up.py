"""Votes that nobody is left to give, and those that wait for somebody instead."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from routing.facts.vote_demands import (
    Reviewer,
    VoteDemand,
    needs_of_nobody,
    unattainable_votes,
)
from routing.reviewers.assignment import plan_assignments
from tests.support.assignment_situations import (
    EXPERT,
    GERMAN,
    LAW,
    REVIEWERS,
    Situation,
    situations,
)


def test_votes_that_nobody_is_left_to_give_are_given_up() -> None:
    skipped_by_all = VoteDemand(1, 1, 0.0, skipped=frozenset([1, 2, 3]))
    one_left = VoteDemand(2, 2, 0.0, answered=frozenset([1]), skipped=frozenset([2]))
    fresh = VoteDemand(3, 3, 0.0)

    assert unattainable_votes([skipped_by_all, one_left, fresh], REVIEWERS) == {1: 1, 2: 1}


def test_where_no_reviewer_is_named_only_what_was_skipped_is_given_up() -> None:
    skipped = VoteDemand(1, 1, 0.0, skipped=frozenset([1]))

    assert unattainable_votes([skipped, VoteDemand(2, 1, 0.0)], []) == {1: 1}


@given(situations(), st.integers(0, 5))
def test_votes_that_are_given_up_are_never_asked_for(situation: Situation, seed: int) -> None:
    vote_demands, reviewers, asked, late = situation
    unassigned = plan_assignments(vote_demands, reviewers, asked, seed, late).unassigned
    assert all(
        unassigned[task] >= count
        for task, count in unattainable_votes(vote_demands, reviewers).items()
    )


def test_without_an_expert_what_waits_for_one_is_given_up() -> None:
    demand = VoteDemand(2, 1, 0.0, answered=frozenset([1]), expert=True)

    assert unattainable_votes([demand], REVIEWERS) == {2: 1}
    assert unattainable_votes([demand], [*REVIEWERS, EXPERT]) == {}
    assert unattainable_votes([replace(demand, skipped=frozenset([9]))], [*REVIEWERS, EXPERT]) == {
        2: 1
    }


def test_what_needs_an_ability_that_nobody_has_waits_and_is_not_given_up() -> None:
    demand = VoteDemand(1, 2, 0.0, needs=GERMAN | LAW)
    each_one = [Reviewer(1, 10, abilities=GERMAN), Reviewer(2, 10, abilities=LAW)]

    assert plan_assignments([demand], each_one, {}, seed=0).unassigned == {1: 2}
    assert unattainable_votes([demand], each_one) == {}
    assert needs_of_nobody([demand], each_one) == {GERMAN | LAW}
    assert needs_of_nobody([replace(demand, votes=0)], each_one) == set()
    assert needs_of_nobody([demand], []) == set()


def test_votes_beyond_those_who_have_the_ability_are_given_up() -> None:
    demand = VoteDemand(1, 3, 0.0, needs=GERMAN)

    assert unattainable_votes([demand], [Reviewer(1, 10, abilities=GERMAN), *REVIEWERS[1:]]) == {
        1: 2
    }


def test_where_too_few_are_left_since_others_are_excluded_votes_wait_for_somebody() -> None:
    skipped = VoteDemand(1, 2, 0.0, answered=frozenset([1]), skipped=frozenset([2, 3]))
    fewer = [*REVIEWERS[:2], replace(REVIEWERS[2], is_excluded=True)]

    assert unattainable_votes([skipped], fewer, votes=3) == {}
    assert unattainable_votes([skipped], fewer, votes=2) == {1: 2}, "two are left"
    assert unattainable_votes([skipped], REVIEWERS, votes=3) == {1: 2}, "nobody is excluded"


def test_what_waits_for_an_expert_is_given_up_however_many_others_are_left() -> None:
    demand = VoteDemand(2, 1, 0.0, answered=frozenset([1]), expert=True)
    excluded = [replace(one, is_excluded=True) for one in REVIEWERS]

    assert unattainable_votes([demand], excluded, votes=1) == {2: 1}
