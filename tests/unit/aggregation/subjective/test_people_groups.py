"""Groups of people that say something else of the same tasks are found, and chance is not."""

import numpy as np
import pandas as pd
import pytest

from aggregation.subjective.people_groups import (
    LEAST_PEOPLE,
    GroupDifference,
    PeopleGroups,
    compare_groups,
)

STEPS = ("1", "2", "3", "4", "5")


def crowd(
    groups: dict[str, str], shift: dict[str, float], *, tasks: int = 150, seed: int = 0
) -> pd.DataFrame:
    """Votes of people with a leaning of their own, each on a third of the tasks."""
    rng = np.random.default_rng(seed)
    of_task = rng.normal(3, 0.8, tasks)
    rows = []
    for who, group in groups.items():
        own = shift.get(group, 0.0) + rng.normal(0, 0.3)
        for task in rng.choice(tasks, tasks // 3, replace=False):
            step = np.clip(np.rint(of_task[task] + own + rng.normal(0, 0.5)), 1, 5)
            rows.append((task, who, str(int(step))))
    return pd.DataFrame(rows, columns=["task", "worker", "label"])


def people(**counts: int) -> dict[str, str]:
    return {f"{group}-{n}": group for group, count in counts.items() for n in range(count)}


def declared(groups: dict[str, str], kind: str = "gender") -> dict[str, dict[str, str]]:
    return {who: {kind: group} for who, group in groups.items()}


def found(
    groups: dict[str, str], shift: dict[str, float], *, seed: int = 0
) -> dict[tuple[str, str | None], GroupDifference]:
    votes = crowd(groups, shift, seed=seed)
    compared = compare_groups(votes, declared(groups), STEPS, is_scale=True)
    return {(one.group, one.label): one for one in compared.differences}


def test_a_group_that_gives_higher_steps_is_found_by_mean_and_by_step() -> None:
    told = found(people(woman=25, man=25, other=10), {"woman": 0.6})
    mean = told["woman", None]
    assert mean.is_shown
    assert mean.interval.low < 0.6 < mean.interval.high
    assert (mean.people, mean.others) == (25, 35)
    assert told["woman", "1"].difference < 0 < told["woman", "5"].difference
    assert 1 < mean.share < 5


def test_it_does_not_matter_who_was_given_which_tasks() -> None:
    """One group is given the low tasks and one the high ones, and each says what the others do."""
    groups = people(early=20, late=20)
    rng = np.random.default_rng(1)
    rows = [
        (task, who, str(1 + task // 40 + int(rng.random() < 0.5)))
        for who, group in groups.items()
        for task in range(120)
        if rng.random() < (0.9 if (task < 60) == (group == "early") else 0.2)
    ]
    votes = pd.DataFrame(rows, columns=["task", "worker", "label"])
    plain = votes["label"].astype(int).groupby(votes["worker"].map(groups)).mean()
    assert plain["late"] - plain["early"] > 0.5
    compared = compare_groups(votes, declared(groups), STEPS, is_scale=True)
    assert abs(compared.differences[0].difference) < 0.1
    assert not any(one.is_shown for one in compared.differences)


def test_chance_is_seldom_taken_for_a_difference() -> None:
    groups = people(a=20, b=8, c=12)
    alarms = [
        any(one.is_shown for key, one in found(groups, {}, seed=seed).items() if key[1] is not None)
        for seed in range(40)
    ]
    assert sum(alarms) <= 5  # 2 are expected


def test_of_a_kind_with_two_groups_the_first_is_held_against_the_other() -> None:
    told = found(people(woman=20, man=20), {"woman": 0.8})
    assert {group for group, _ in told} == {"man"}
    assert told["man", None].difference == pytest.approx(-0.8, abs=0.3)


class TestPrivacy:
    def compared(self, **counts: int) -> PeopleGroups:
        groups = people(**counts)
        return compare_groups(crowd(groups, {}), declared(groups), STEPS)

    def test_a_group_of_few_people_is_not_compared(self) -> None:
        told = self.compared(woman=20, man=20, other=LEAST_PEOPLE - 1)
        assert {one.group for one in told.differences} == {"woman", "man"}
        assert told.too_small == (("gender", "other"),)

    def test_nor_is_one_that_all_but_a_few_are_in(self) -> None:
        told = self.compared(woman=20, man=LEAST_PEOPLE - 1)
        assert told.differences == ()
        assert told.too_small == (("gender", "man"), ("gender", "woman"))


def test_people_who_declare_nothing_are_others_to_the_tasks_alone() -> None:
    groups = people(woman=10, man=10, silent=10)
    known = {who: own for who, own in declared(groups).items() if own["gender"] != "silent"}
    compared = compare_groups(crowd(groups, {"silent": 1.0}), known, STEPS, is_scale=True)
    assert {(one.people, one.others) for one in compared.differences} == {(10, 10)}
    assert not compared.differences[0].is_shown


def test_each_kind_of_group_is_compared_on_its_own() -> None:
    groups = people(woman=20, man=20)
    both = {
        who: {"gender": group, "age": "old" if n % 2 else "young"}
        for n, (who, group) in enumerate(groups.items())
    }
    told = compare_groups(crowd(groups, {"woman": 0.8}), both, STEPS, is_scale=True)
    shown = {one.kind for one in told.differences if one.is_shown}
    assert {one.kind for one in told.differences} == {"age", "gender"}
    assert shown == {"gender"}


def test_without_votes_that_meet_nothing_is_compared() -> None:
    alone = pd.DataFrame([(1, "a", "1")], columns=["task", "worker", "label"])
    assert compare_groups(alone, declared({"a": "x"}), STEPS).differences == ()
    assert compare_groups(alone, {}, STEPS) == PeopleGroups((), ())
