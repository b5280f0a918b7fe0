"""Assignment: enough different people a task, within capacity, and nobody twice."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from routing.facts.vote_demands import (
    Reviewer,
    VoteDemand,
    needs_of_nobody,
    unattainable_votes,
)
from routing.reviewers.assignment import (
    EXPLORED,
    FEW,
    LEAST_OF_MEAN,
    MOST_OF_MEAN,
    Pair,
    overdue,
    plan_assignments,
)

REVIEWERS = [Reviewer(1, 10), Reviewer(2, 10), Reviewer(3, 10)]
EXPERT = Reviewer(9, 10, expert=True)
NOW = datetime(2026, 3, 1, tzinfo=UTC)
Situation = tuple[list[VoteDemand], list[Reviewer], dict[Pair, str], list[Pair]]


@st.composite
def situations(draw: st.DrawFn) -> Situation:
    workers = draw(st.lists(st.integers(1, 6), min_size=1, max_size=6, unique=True))
    reviewers = [
        Reviewer(worker, draw(st.integers(0, 5)), draw(st.booleans())) for worker in workers
    ]
    people = st.frozensets(st.integers(1, 7), max_size=3)
    vote_demands = [
        VoteDemand(
            task,
            draw(st.integers(0, 3)),
            draw(st.floats(0, 1)),
            draw(people),
            draw(people),
            draw(st.booleans()),
        )
        for task in draw(st.lists(st.integers(1, 20), max_size=12, unique=True))
    ]
    pairs = st.tuples(st.integers(1, 20), st.integers(1, 7))
    states = st.sampled_from(["open", "done", "skipped", "withdrawn"])
    asked = draw(st.dictionaries(pairs, states, max_size=20))
    open_pairs = [pair for pair, state in asked.items() if state == "open"]
    late = draw(st.lists(st.sampled_from(open_pairs), unique=True)) if open_pairs else []
    return vote_demands, reviewers, asked, late


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


def test_an_expert_is_asked_only_what_waits_for_one() -> None:
    vote_demands = [
        VoteDemand(1, 4, 0.0),
        VoteDemand(2, 1, 0.0, answered=frozenset([1, 2, 3]), expert=True),
    ]

    result = plan_assignments(vote_demands, [*REVIEWERS, EXPERT], {}, seed=0)

    assert (2, 9) in result.new
    assert {worker for task, worker in result.new if task == 1} == {1, 2, 3}
    assert result.unassigned == {1: 1}


def test_without_an_expert_what_waits_for_one_is_given_up() -> None:
    demand = VoteDemand(2, 1, 0.0, answered=frozenset([1]), expert=True)

    assert unattainable_votes([demand], REVIEWERS) == {2: 1}
    assert unattainable_votes([demand], [*REVIEWERS, EXPERT]) == {}
    assert unattainable_votes([replace(demand, skipped=frozenset([9]))], [*REVIEWERS, EXPERT]) == {
        2: 1
    }


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


CROWD = [Reviewer(worker, 1000) for worker in range(1, 21)]
GERMAN, LAW = frozenset(["german"]), frozenset(["law"])


def smaller_is_better(task: int, workers: Sequence[int]) -> list[float]:  # noqa: ARG001
    return [1 / worker for worker in workers]


def loads(reviewers: list[Reviewer], tasks: int, votes: int = 1, seed: int = 0) -> Counter[int]:
    demands = [VoteDemand(task, votes, 0.0) for task in range(1, tasks + 1)]
    plan = plan_assignments(demands, reviewers, {}, seed, worth=smaller_is_better)
    return Counter(worker for _, worker in plan.new)


@given(situations(), st.integers(0, 5))
def test_worth_and_opinions_decide_who_is_asked_and_not_how_many(
    situation: Situation, seed: int
) -> None:
    demands, reviewers, asked, late = situation
    plans = [
        plan_assignments(demands, reviewers, asked, seed, late, worth, is_opinion=is_opinion)
        for worth, is_opinion in [(smaller_is_better, False), (None, True)]
    ]
    for plan in plans:
        after = {**asked, **plan.ended, **dict.fromkeys(plan.new, "open")}
        still_late = [pair for pair in late if pair not in plan.ended]
        second = plan_assignments(demands, reviewers, after, seed, still_late)

        assert (second.new, second.ended) == ([], {})


def test_whose_answer_is_worth_more_is_asked_more() -> None:
    load = loads(CROWD, tasks=200)

    assert sum(load[worker] for worker in range(1, 11)) > 2 * sum(
        load[worker] for worker in range(11, 21)
    )


def test_nobody_gets_an_unfair_share_of_the_work() -> None:
    load, mean = loads(CROWD, tasks=1000), 1000 / 20

    assert max(load.values()) <= MOST_OF_MEAN * mean + 1
    assert min(load[one.worker] for one in CROWD) >= LEAST_OF_MEAN * mean - 1


def test_few_tasks_are_nobodys_unfair_share() -> None:
    assert loads(CROWD[:3], tasks=FEW, seed=3).most_common(1)[0][0] == 1


def test_who_is_worth_little_is_asked_a_share_by_lot() -> None:
    """Small rounds that are answered at once, where no tab is ever full: only lots reach all."""
    asked: dict[Pair, str] = {}
    for task in range(1, 1001):
        demand = VoteDemand(task, 1, 0.0)
        plan = plan_assignments([demand], CROWD[:5], asked, 0, worth=smaller_is_better)
        asked |= dict.fromkeys(plan.new, "done")
    load = Counter(worker for _, worker in asked)

    assert all(abs(load[worker] / 1000 - EXPLORED / 5) < 0.015 for worker in range(2, 6))


def test_of_answers_that_are_worth_as_much_the_cheaper_one_is_asked_for() -> None:
    dear, cheap = Reviewer(1, 100, price=3.0), Reviewer(2, 100, price=1.0)
    demands = [VoteDemand(task, 1, 0.0) for task in range(1, 6)]
    plan = plan_assignments(demands, [dear, cheap], {}, 3, worth=lambda _, who: [1.0] * len(who))

    assert {worker for _, worker in plan.new} == {2}


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
