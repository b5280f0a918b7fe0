"""Assignment: enough different people a task, within capacity, and nobody twice."""

from collections import Counter
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from routing.facts.vote_demands import Reviewer, VoteDemand
from routing.reviewers.assignment import overdue, plan_assignments
from tests.support.assignment_situations import (
    EXPERT,
    GERMAN,
    LAW,
    REVIEWERS,
    Situation,
    situations,
)

NOW = datetime(2026, 3, 1, tzinfo=UTC)


@given(situations(), st.integers(0, 5))
def test_whatever_the_situation_nobody_is_asked_what_they_should_not_be(
    situation: Situation, seed: int
) -> None:
    vote_demands, reviewers, asked, late = situation
    result = plan_assignments(vote_demands, reviewers, asked, seed, late)
    by_task = {demand.task: demand for demand in vote_demands}
    by_worker = {reviewer.worker: reviewer for reviewer in reviewers}
    still_open = [
        pair for pair, state in asked.items() if state == "open" and pair not in result.ended
    ]
    after = still_open + result.new

    assert len(after) == len(set(after))
    assert not set(result.new) & set(result.ended)
    for task, worker in after:
        assert worker not in by_task[task].answered | by_task[task].skipped
        assert by_worker[worker].expert == by_task[task].expert
    asked_now = Counter(task for task, _ in after)
    for demand in vote_demands:
        assert asked_now[demand.task] + result.unassigned.get(demand.task, 0) == demand.votes
    load = Counter(worker for _, worker in after)
    for reviewer in reviewers:
        assert load[reviewer.worker] <= reviewer.capacity


@given(situations(), st.integers(0, 5))
def test_a_second_plan_changes_nothing(situation: Situation, seed: int) -> None:
    vote_demands, reviewers, asked, late = situation
    first = plan_assignments(vote_demands, reviewers, asked, seed, late)
    after = {**asked, **first.ended, **dict.fromkeys(first.new, "open")}
    still_late = [pair for pair in late if pair not in first.ended]

    second = plan_assignments(vote_demands, reviewers, after, seed, still_late)

    assert (second.new, second.ended) == ([], {})


def test_the_load_is_shared() -> None:
    result = plan_assignments(
        [VoteDemand(task, 1, 0.0) for task in range(30)], REVIEWERS, {}, seed=0
    )

    assert Counter(worker for _, worker in result.new) == {1: 10, 2: 10, 3: 10}


def test_the_most_urgent_is_served_first() -> None:
    vote_demands = [VoteDemand(1, 1, priority=0.9), VoteDemand(2, 1, priority=0.1)]

    result = plan_assignments(vote_demands, [Reviewer(1, 1)], {}, seed=0)

    assert (result.new, result.unassigned) == ([(2, 1)], {1: 1})


def test_a_skipped_task_moves_on_to_somebody_else() -> None:
    demand = VoteDemand(5, 1, 0.0, skipped=frozenset([1]))

    result = plan_assignments([demand], REVIEWERS, {(5, 1): "open"}, seed=0)

    assert result.ended == {(5, 1): "skipped"}
    assert [worker for _, worker in result.new] in ([2], [3])


def test_an_answer_of_a_stray_relieves_the_one_who_was_asked() -> None:
    demand = VoteDemand(5, 0, 0.0, answered=frozenset([2]))

    result = plan_assignments([demand], REVIEWERS, {(5, 1): "open"}, seed=0)

    assert (result.ended, result.new) == ({(5, 1): "withdrawn"}, [])


def test_who_is_asked_stays_asked() -> None:
    result = plan_assignments([VoteDemand(5, 1, 0.0)], REVIEWERS, {(5, 3): "open"}, seed=0)

    assert (result.new, result.ended) == ([], {})


def test_an_expert_is_asked_only_what_waits_for_one() -> None:
    vote_demands = [
        VoteDemand(1, 4, 0.0),
        VoteDemand(2, 1, 0.0, answered=frozenset([1, 2, 3]), expert=True),
    ]

    result = plan_assignments(vote_demands, [*REVIEWERS, EXPERT], {}, seed=0)

    assert (2, 9) in result.new
    assert {worker for task, worker in result.new if task == 1} == {1, 2, 3}
    assert result.unassigned == {1: 1}


def test_more_than_a_capacity_that_was_lowered_moves_on_the_least_urgent_first() -> None:
    vote_demands = [VoteDemand(1, 1, 0.2), VoteDemand(2, 1, 0.9), VoteDemand(3, 1, 0.5)]
    asked = dict.fromkeys([(1, 1), (2, 1), (3, 1)], "open")

    result = plan_assignments(vote_demands, [Reviewer(1, 1), Reviewer(2, 1)], asked, seed=0)

    assert result.ended == {(2, 1): "withdrawn", (3, 1): "withdrawn"}
    assert (result.new, result.unassigned) == ([(3, 2)], {2: 1})


def test_what_waited_too_long_moves_on_to_somebody_else() -> None:
    result = plan_assignments(
        [VoteDemand(5, 1, 0.0)], REVIEWERS, {(5, 1): "open"}, seed=0, overdue=[(5, 1)]
    )

    assert result.ended == {(5, 1): "withdrawn"}
    assert [worker for _, worker in result.new] in ([2], [3])


def test_what_waited_too_long_stays_while_nobody_else_has_room() -> None:
    full = [Reviewer(1, 1), Reviewer(2, 0)]

    result = plan_assignments(
        [VoteDemand(5, 1, 0.0)], full, {(5, 1): "open"}, seed=0, overdue=[(5, 1)]
    )

    assert (result.new, result.ended) == ([], {})


def test_room_that_is_won_so_serves_what_waits() -> None:
    vote_demands = [VoteDemand(5, 1, 0.0), VoteDemand(6, 1, 0.0, answered=frozenset([2]))]
    two = [Reviewer(1, 1), Reviewer(2, 1)]

    result = plan_assignments(vote_demands, two, {(5, 1): "open"}, seed=0, overdue=[(5, 1)])

    assert (result.new, result.ended) == ([(5, 2), (6, 1)], {(5, 1): "withdrawn"})


def test_whoever_let_a_task_lie_is_asked_it_again_only_after_all_others() -> None:
    asked = {(5, 1): "withdrawn"}
    busy = [VoteDemand(task, 1, 0.5, answered=frozenset([1])) for task in (6, 7)]
    open_pairs = {(6, 2): "open", (7, 2): "open"}

    among_two = plan_assignments(
        [VoteDemand(5, 1, 0.0), *busy], REVIEWERS[:2], {**asked, **open_pairs}, seed=0
    )
    alone = plan_assignments([VoteDemand(5, 1, 0.0)], REVIEWERS[:1], asked, seed=0)

    assert (among_two.new, alone.new) == ([(5, 2)], [(5, 1)])


def test_patience_is_counted_in_days() -> None:
    opened = {(1, 1): NOW - timedelta(days=3, hours=1), (2, 1): NOW - timedelta(days=2)}

    assert overdue(opened, NOW, 3) == {(1, 1)}
    assert overdue(opened, NOW, None) == frozenset()


def test_room_that_is_won_so_lets_the_next_overdue_task_move_too() -> None:
    vote_demands = [VoteDemand(5, 1, 0.0), VoteDemand(6, 1, 0.0, answered=frozenset([3]))]
    three = [Reviewer(1, 1), Reviewer(2, 1), Reviewer(3, 1)]
    asked = {(5, 1): "open", (6, 2): "open"}

    result = plan_assignments(vote_demands, three, asked, seed=0, overdue=[(5, 1), (6, 2)])

    assert result.new == [(5, 3), (6, 1)]
    assert set(result.ended) == {(5, 1), (6, 2)}


def test_what_was_too_much_stays_where_room_is_won_after_all() -> None:
    vote_demands = [VoteDemand(5, 1, 0.1), VoteDemand(6, 1, 0.9, answered=frozenset([2]))]
    two = [Reviewer(1, 1), Reviewer(2, 1)]
    asked = {(5, 1): "open", (6, 1): "open"}

    result = plan_assignments(vote_demands, two, asked, seed=0, overdue=[(5, 1)])

    assert (result.new, result.ended) == ([(5, 2)], {(5, 1): "withdrawn"})


def test_only_who_has_all_that_a_task_needs_is_asked() -> None:
    reviewers = [
        Reviewer(1, 10, abilities=GERMAN),
        Reviewer(2, 10, abilities=GERMAN | LAW),
        Reviewer(3, 10),
    ]
    demands = [VoteDemand(1, 2, 0.0, needs=GERMAN), VoteDemand(2, 1, 0.0, needs=GERMAN | LAW)]
    plan = plan_assignments(demands, reviewers, {}, seed=0)

    assert sorted(plan.new) == [(1, 1), (1, 2), (2, 2)]


def test_what_is_asked_of_somebody_who_has_not_what_it_needs_moves_on() -> None:
    demand = VoteDemand(1, 1, 0.0, needs=GERMAN)
    able = Reviewer(2, 10, abilities=GERMAN)
    plan = plan_assignments([demand], [Reviewer(1, 10), able], {(1, 1): "open"}, seed=0)

    assert (plan.new, plan.ended) == ([(1, 2)], {(1, 1): "withdrawn"})
