"""Assignment: enough different people a task, within capacity, and nobody twice."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from routing.assignment import Need, Reviewer, impossible, plan

REVIEWERS = [Reviewer(1, 10), Reviewer(2, 10), Reviewer(3, 10)]


@st.composite
def situations(
    draw: st.DrawFn,
) -> tuple[list[Need], list[Reviewer], dict[tuple[int, int], str]]:
    workers = draw(st.lists(st.integers(1, 6), min_size=1, max_size=6, unique=True))
    reviewers = [Reviewer(worker, draw(st.integers(0, 5))) for worker in workers]
    people = st.frozensets(st.integers(1, 7), max_size=3)
    needs = [
        Need(task, draw(st.integers(0, 3)), draw(st.floats(0, 1)), draw(people), draw(people))
        for task in draw(st.lists(st.integers(1, 20), max_size=12, unique=True))
    ]
    pairs = st.tuples(st.integers(1, 20), st.integers(1, 7))
    states = st.sampled_from(["open", "done", "skipped", "withdrawn"])
    return needs, reviewers, draw(st.dictionaries(pairs, states, max_size=20))


@given(situations(), st.integers(0, 5))
def test_whatever_the_situation_nobody_is_asked_what_they_should_not_be(
    situation: tuple[list[Need], list[Reviewer], dict[tuple[int, int], str]], seed: int
) -> None:
    needs, reviewers, asked = situation
    result = plan(needs, reviewers, asked, seed)
    by_task = {need.task: need for need in needs}
    still_open = [
        pair for pair, state in asked.items() if state == "open" and pair not in result.ended
    ]
    after = still_open + result.new

    assert len(after) == len(set(after))
    for task, worker in after:
        assert worker not in by_task[task].answered | by_task[task].skipped
        assert worker in {reviewer.worker for reviewer in reviewers}
    asked_now = Counter(task for task, _ in after)
    for need in needs:
        assert asked_now[need.task] + result.unassigned.get(need.task, 0) == need.votes
    kept = Counter(worker for _, worker in still_open)
    load = Counter(worker for _, worker in after)
    for reviewer in reviewers:
        assert load[reviewer.worker] <= max(reviewer.capacity, kept[reviewer.worker])


@given(situations(), st.integers(0, 5))
def test_a_second_plan_changes_nothing(
    situation: tuple[list[Need], list[Reviewer], dict[tuple[int, int], str]], seed: int
) -> None:
    needs, reviewers, asked = situation
    first = plan(needs, reviewers, asked, seed)
    after = {**asked, **first.ended, **dict.fromkeys(first.new, "open")}

    second = plan(needs, reviewers, after, seed)

    assert (second.new, second.ended) == ([], {})


def test_the_load_is_shared() -> None:
    result = plan([Need(task, 1, 0.0) for task in range(30)], REVIEWERS, {}, seed=0)

    assert Counter(worker for _, worker in result.new) == {1: 10, 2: 10, 3: 10}


def test_the_most_urgent_is_served_first() -> None:
    needs = [Need(1, 1, priority=0.9), Need(2, 1, priority=0.1)]

    result = plan(needs, [Reviewer(1, 1)], {}, seed=0)

    assert (result.new, result.unassigned) == ([(2, 1)], {1: 1})


def test_a_skipped_task_moves_on_to_somebody_else() -> None:
    need = Need(5, 1, 0.0, skipped=frozenset([1]))

    result = plan([need], REVIEWERS, {(5, 1): "open"}, seed=0)

    assert result.ended == {(5, 1): "skipped"}
    assert [worker for _, worker in result.new] in ([2], [3])


def test_an_answer_of_a_stray_relieves_the_one_who_was_asked() -> None:
    need = Need(5, 0, 0.0, answered=frozenset([2]))

    result = plan([need], REVIEWERS, {(5, 1): "open"}, seed=0)

    assert (result.ended, result.new) == ({(5, 1): "withdrawn"}, [])


def test_who_is_asked_stays_asked() -> None:
    result = plan([Need(5, 1, 0.0)], REVIEWERS, {(5, 3): "open"}, seed=0)

    assert (result.new, result.ended) == ([], {})


def test_votes_that_nobody_is_left_to_give_are_given_up() -> None:
    skipped_by_all = Need(1, 1, 0.0, skipped=frozenset([1, 2, 3]))
    one_left = Need(2, 2, 0.0, answered=frozenset([1]), skipped=frozenset([2]))
    fresh = Need(3, 3, 0.0)

    assert impossible([skipped_by_all, one_left, fresh], REVIEWERS) == {1: 1, 2: 1}


def test_where_no_reviewer_is_named_only_what_was_skipped_is_given_up() -> None:
    skipped = Need(1, 1, 0.0, skipped=frozenset([1]))

    assert impossible([skipped, Need(2, 1, 0.0)], []) == {1: 1}


@given(situations(), st.integers(0, 5))
def test_votes_that_are_given_up_are_never_asked_for(
    situation: tuple[list[Need], list[Reviewer], dict[tuple[int, int], str]], seed: int
) -> None:
    needs, reviewers, asked = situation
    unassigned = plan(needs, reviewers, asked, seed).unassigned
    assert all(unassigned[task] >= count for task, count in impossible(needs, reviewers).items())
