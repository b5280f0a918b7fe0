"""Panels: people of all groups are heard where an opinion is asked for."""

from collections import Counter

from routing.facts.vote_demands import Reviewer, VoteDemand
from routing.reviewers.assignment import plan_assignments
from routing.reviewers.panels import likeness

WOMEN = [Reviewer(worker, 100, groups={"gender": "woman"}) for worker in range(1, 7)]
MEN = [Reviewer(worker, 100, groups={"gender": "man"}) for worker in range(7, 9)]
PEOPLE = {one.worker: one for one in [*WOMEN, *MEN]}


def test_likeness_counts_members_of_the_same_group_by_all_that_groups_people() -> None:
    old_woman = Reviewer(1, 1, groups={"gender": "woman", "age": "60"})
    young_woman = Reviewer(2, 1, groups={"gender": "woman", "age": "20"})
    silent = Reviewer(3, 1)

    assert likeness(old_woman, [young_woman]) == 1
    assert likeness(old_woman, [young_woman, old_woman]) == 3
    assert likeness(silent, [young_woman]) == 0
    assert likeness(silent, [silent]) == 0


def test_each_panel_holds_as_many_of_every_group() -> None:
    demands = [VoteDemand(task, 2, 0.0) for task in range(1, 21)]
    plan = plan_assignments(demands, list(PEOPLE.values()), {}, seed=1, is_opinion=True)

    for task in range(1, 21):
        panel = [PEOPLE[worker].groups["gender"] for one, worker in plan.new if one == task]
        assert sorted(panel) == ["man", "woman"]


def test_who_answered_already_is_of_the_panel() -> None:
    demand = VoteDemand(1, 1, 0.0, answered=frozenset([7]))
    plan = plan_assignments([demand], list(PEOPLE.values()), {}, seed=1, is_opinion=True)

    assert [PEOPLE[worker].groups["gender"] for _, worker in plan.new] == ["woman"]


def test_within_a_group_whoever_has_the_least_to_do_is_asked() -> None:
    demands = [VoteDemand(task, 1, 0.0) for task in range(1, 17)]
    plan = plan_assignments(demands, WOMEN[:4], {}, seed=1, is_opinion=True)

    assert set(Counter(worker for _, worker in plan.new).values()) == {4}
