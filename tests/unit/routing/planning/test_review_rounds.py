"""The course before the freeze: a pilot, rounds of the most doubtful, then that it is time."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labeling.settings.policy_section import PolicySettings
from routing.guarantee.audit_test import Promise
from routing.planning.review_rounds import (
    PILOT_LEAST,
    PILOT_MOST,
    ROUND_LEAST,
    NextRound,
    pilot,
    pilot_size,
    plan_next_round,
    planned,
)

POLICY = PolicySettings()
DOUBTFUL = {task: (0.5 if task % 4 == 0 else 0.02) for task in range(1, 801)}
"""A quarter of the tasks are as likely wrong as right."""


def next_round(answered: int = 100, random_share: float = 0.0, seed: int = 0) -> NextRound:
    promise = Promise(len(DOUBTFUL) + answered, 0.05, 0.05)
    groups = [planned(DOUBTFUL, promise)]
    return plan_next_round(groups, answered, random_share=random_share, seed=seed)


@given(st.integers(0, 10_000))
def test_the_pilot_is_a_tenth_within_its_limits(tasks: int) -> None:
    size = pilot_size(tasks)
    assert size == tasks if tasks <= PILOT_LEAST else PILOT_LEAST <= size <= PILOT_MOST
    assert size <= pilot_size(tasks + 1)


def test_of_a_thousand_tasks_a_hundred_are_the_pilot() -> None:
    assert pilot_size(1000) == 100


def test_a_round_is_of_the_most_doubtful() -> None:
    reviews = next_round().reviews
    assert len(reviews) == ROUND_LEAST
    assert all(DOUBTFUL[task] == 0.5 for task in reviews)


def test_a_round_grows_with_what_is_answered_and_never_beyond_the_plan() -> None:
    assert len(next_round(answered=300).reviews) == 60
    most = next_round(answered=5000)
    assert len(most.reviews) <= most.plan.reviews


def test_a_share_of_a_round_is_picked_at_random_and_nothing_twice() -> None:
    mixed = next_round(answered=350, random_share=0.5)
    by_chance = [task for task in mixed.reviews if DOUBTFUL[task] < 0.5]
    assert len(set(mixed.reviews)) == len(mixed.reviews) == 70
    assert 18 <= len(by_chance) <= 35
    assert mixed == next_round(answered=350, random_share=0.5)
    assert mixed.reviews != next_round(answered=350, random_share=0.5, seed=1).reviews


def test_it_is_time_to_freeze_where_more_reviews_leave_no_more() -> None:
    sure = dict.fromkeys(range(500), 0.005)
    frozen = plan_next_round([planned(sure, Promise(560, 0.05, 0.05))], 60)
    assert frozen.reviews == ()
    assert f"no more than {frozen.plan.left}" in frozen.reason


def test_where_nothing_is_open_it_is_time_to_freeze() -> None:
    assert plan_next_round([planned({}, Promise(60, 0.05, 0.05))], 60).reviews == ()


def test_the_reason_tells_the_plan() -> None:
    now = next_round()
    for number in (now.plan.reviews, now.plan.audits, now.plan.left):
        assert str(number) in now.reason


@pytest.mark.parametrize("answered", [60, 200, 700])
def test_rounds_end_in_a_freeze(answered: int) -> None:
    open_tasks, rounds = dict(DOUBTFUL), 0
    promise = Promise(len(DOUBTFUL) + answered, 0.05, 0.05)
    while reviews := plan_next_round([planned(open_tasks, promise)], answered).reviews:
        open_tasks = {task: p for task, p in open_tasks.items() if task not in reviews}
        answered += len(reviews)
        rounds += 1
    assert 0 < rounds < 20
    assert open_tasks


class TestGroups:
    """Groups whose promises are made one by one: the model doubts half of the one, none else."""

    SURE = planned(dict.fromkeys(range(2001, 2501), 0.005), Promise(560, 0.05, 0.05))
    DOUBTED = planned(DOUBTFUL, Promise(900, 0.05, 0.05))

    def test_a_round_is_of_those_that_are_worth_reviewing(self) -> None:
        now = plan_next_round([self.SURE, self.DOUBTED], 100)
        assert now.reviews == plan_next_round([self.DOUBTED], 100).reviews
        assert now.groups == (self.SURE, self.DOUBTED)

    def test_a_round_is_no_larger_than_of_one(self) -> None:
        other = planned({task + 1000: p for task, p in DOUBTFUL.items()}, Promise(900, 0.05, 0.05))
        assert len(plan_next_round([self.DOUBTED, other], 300).reviews) == 60

    def test_no_group_is_reviewed_more_than_its_plan_says(self) -> None:
        few = planned({1001: 0.9, 1002: 0.9}, Promise(2, 0.05, 0.05))
        now = plan_next_round([self.DOUBTED, few], 5000)
        assert {1001, 1002} < set(now.reviews)
        own = [task for task in now.reviews if task in DOUBTFUL]
        assert len(own) <= self.DOUBTED.plan.reviews

    def test_it_is_time_to_freeze_once_no_group_is_worth_reviewing(self) -> None:
        frozen = plan_next_round([self.SURE, self.SURE], 100)
        assert frozen.reviews == ()
        assert frozen.plan.left == 2 * self.SURE.plan.left


class TestPilot:
    def test_is_the_same_at_every_call_and_another_by_another_seed(self) -> None:
        tasks = list(range(1, 500))
        other = POLICY.model_copy(update={"seed": 1})
        assert pilot(tasks, POLICY) == pilot(tasks[::-1], POLICY)
        assert pilot(tasks, POLICY) != pilot(tasks, other)

    @pytest.mark.parametrize(
        ("tasks", "setting", "size"), [(1000, None, 100), (1000, 7, 7), (5, 7, 5), (1000, 0, 0)]
    )
    def test_is_as_large_as_the_settings_say_or_a_tenth(
        self, tasks: int, setting: int | None, size: int
    ) -> None:
        picked = pilot(range(tasks), PolicySettings(pilot=setting))
        assert len(picked) == size
        assert picked <= set(range(tasks))

    @given(st.sets(st.integers(1, 400), min_size=1), st.integers(401, 500))
    def test_loses_one_task_at_most_to_each_that_comes_later(
        self, tasks: set[int], later: int
    ) -> None:
        policy = PolicySettings(pilot=10)
        before, after = pilot(sorted(tasks), policy), pilot([*sorted(tasks), later], policy)
        assert len(before - after) <= (later in after)

    def test_is_random(self) -> None:
        picked = [
            task for s in range(200) for task in pilot(range(10), PolicySettings(pilot=3, seed=s))
        ]
        assert all(picked.count(task) == pytest.approx(60, abs=25) for task in range(10))
