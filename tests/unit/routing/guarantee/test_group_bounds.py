"""What the audits of a population say of its groups, in worlds where the truth is known."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np
import pytest

from routing.guarantee.audit_test import Promise
from routing.guarantee.frozen_population import Check, FrozenPopulation
from routing.guarantee.group_bounds import OTHERS, GroupBound, group_bounds

TASKS = range(1, 1_001)
GROUP = {task: ("large", "large", "large", "large", "small")[task % 5] for task in TASKS}


@dataclass(frozen=True)
class FrozenWorld:
    """A frozen population in audit, and which labels are wrong."""

    frozen: FrozenPopulation
    checks: list[Check]
    is_wrong: Mapping[int, bool]

    def wrong_left(self, group: str) -> int:
        """How many unchecked labels of a group are wrong."""
        seen = {one.task for one in self.checks}
        return sum(
            wrong
            for task, wrong in self.is_wrong.items()
            if GROUP[task] == group and task not in seen
        )

    @property
    def bounds(self) -> dict[str, GroupBound]:
        """What is told of each group."""
        return {one.group: one for one in group_bounds(self.frozen, self.checks, GROUP)}


@cache
def world(seed: int, large: float, small: float, audits: int) -> FrozenWorld:
    """Draw which labels are wrong, by group; the model's doubts know nothing of the groups."""
    rng = np.random.default_rng(seed)
    errors = {task: round(float(rng.beta(1, 8)), 4) for task in TASKS}
    rate = {"large": large, "small": small}
    is_wrong = {task: bool(rng.random() < rate[GROUP[task]]) for task in TASKS}
    promise = Promise(len(TASKS), 0.1, 0.05)
    labels = dict.fromkeys(TASKS, "x")
    frozen = FrozenPopulation(promise, [], labels, errors, audits, "t", "m", seed, "now")
    checks = [
        Check(task, "audit", "y" if is_wrong[task] else "x") for task in frozen.order[:audits]
    ]
    return FrozenWorld(frozen, checks, is_wrong)


def test_a_good_group_is_proved_and_a_bad_one_named() -> None:
    found = world(1, 0.02, 0.45, 400).bounds
    assert (found["large"].holds, found["large"].is_broken) == (True, False)
    assert (found["small"].holds, found["small"].is_broken) == (False, True)
    assert found["small"].error is not None
    assert found["small"].error.share == pytest.approx(0.45, abs=0.12)


def test_the_counts_of_all_groups_are_the_population_s() -> None:
    made = world(1, 0.02, 0.45, 400)
    found = made.bounds.values()
    assert sum(one.size for one in found) == 1_000
    assert sum(one.audits for one in found) == 400
    assert sum(one.left for one in found) == 600
    assert sum(one.found for one in found) == sum(made.is_wrong[one.task] for one in made.checks)


def test_the_bounds_of_all_groups_hold_together() -> None:
    worlds = [world(seed, 0.05, 0.3, 300) for seed in range(60)]
    missed = sum(
        any(made.wrong_left(one.group) > one.bound for one in made.bounds.values())
        for made in worlds
    )
    assert missed <= 60 * 0.05


def test_a_group_in_which_the_promise_holds_is_hardly_ever_called_broken() -> None:
    worlds = [world(seed, 0.05, 0.1, 300) for seed in range(100, 160)]
    kept = [made for made in worlds if made.wrong_left("small") <= made.bounds["small"].allowed]
    assert len(kept) > 40
    assert sum(made.bounds["small"].is_broken for made in kept) <= 60 * 0.05


def test_the_estimate_makes_up_for_doubtful_labels_being_audited_more_often() -> None:
    """Doubtful labels are wrong in one half, the others never; a tenth is doubtful."""
    errors = {task: 0.5 if task % 10 == 0 else 0.01 for task in TASKS}
    halves = {task: "one" if task <= 500 else "other" for task in TASKS}
    labels = dict.fromkeys(TASKS, "x")
    promise = Promise(len(TASKS), 0.1, 0.05)
    frozen = FrozenPopulation(promise, [], labels, errors, 150, "t", "m", 1, "now")
    checks = [Check(task, "audit", "y" if task % 20 == 0 else "x") for task in frozen.order[:150]]
    for one in group_bounds(frozen, checks, halves):
        assert one.error is not None
        assert one.found / one.audits > 1.5 * one.error.share
        assert one.error.share == pytest.approx(0.05, abs=0.03)


def test_labels_in_which_the_model_overrules_people_are_taken_off_what_is_allowed() -> None:
    made = world(1, 0.02, 0.02, 400)
    small = [one.task for one in made.checks if GROUP[one.task] == "small"]
    plain, some, many = (
        {one.group: one for one in group_bounds(made.frozen, made.checks, GROUP, small[:count])}
        for count in (0, 5, 30)
    )
    assert (plain["small"].allowed, some["small"].allowed) == (20, 15)
    assert some["large"] == plain["large"]
    assert many["small"].is_broken, "30 of 200 differ, and 20 may"
    assert not many["small"].holds


def test_few_audits_prove_nothing_either_way() -> None:
    for one in world(1, 0.02, 0.45, 10).bounds.values():
        assert (one.holds, one.is_broken) == (False, False)


def test_small_groups_and_tasks_of_none_are_taken_together() -> None:
    made = world(1, 0.02, 0.45, 100)
    group_of = {task: "a" if task <= 500 else f"group {task // 10}" for task in range(1, 900)}
    found = group_bounds(made.frozen, made.checks, group_of)
    assert [(one.group, one.size) for one in found] == [("a", 500), (OTHERS, 500)]


def test_one_group_is_the_population() -> None:
    made = world(1, 0.02, 0.45, 100)
    assert group_bounds(made.frozen, made.checks, dict.fromkeys(TASKS, "all")) == ()


def test_audits_that_nobody_could_answer_count_as_wrong_in_the_bound_alone() -> None:
    made = world(1, 0.02, 0.02, 300)
    lost = [Check(one.task, one.kind, None) for one in made.checks]
    for one in group_bounds(made.frozen, lost, GROUP):
        assert (one.holds, one.is_broken, one.error) == (False, False, None)
