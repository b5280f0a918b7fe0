"""The course of a population before its freeze: whom people review next, or that it is time.

People begin with a random sample. Then they review the most doubtful items, in rounds between
which the model learns, for as long as the plan says that reviewing more leaves the model more.
The plan says how many are to be reviewed in the end, and which: the most doubtful. Whichever of
these is asked first is asked for nothing more, so a strategy of active learning may say which of
them teach the model the most (`routing.selection`). A share of every round is picked at random
among all open items, so that what is learned also holds for the items that nobody doubts.

Groups of tasks that have promises of their own have a plan each. Sample and rounds are theirs
together: a round asks about those groups whose plan wants more reviews, and it is time to freeze
when no plan does.
"""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from labeling.settings.policy_section import PolicySettings
from routing.guarantee.audit_test import Promise
from routing.guarantee.hash_random import hash_uniform
from routing.planning.error_draws import AS_PREDICTED, ErrorDraws
from routing.planning.optimal_plan import Plan, best_plan, total_plan

PILOT_SHARE, PILOT_LEAST, PILOT_MOST = 0.1, 60, 120
"""The random sample that people begin with, as a share of the population, and its limits. Nearly
half of it falls among labels that the model could have kept: it is no larger than is needed."""

ROUND_GROWTH = 0.2
"""A round's items, as a share of those that are answered already: each teaches markedly more."""

ROUND_LEAST = 20
"""Items of a round, at least."""

WORTH_A_ROUND = 0.03
"""The share of the open items that the plan must want reviewed, for another round to pay."""


Choose: TypeAlias = Callable[[Sequence[int], int], Sequence[int]]
"""Takes the tasks that are to be reviewed, the most doubtful first, and how many are wanted now;
returns so many of them."""


def most_doubtful(tasks: Sequence[int], size: int) -> Sequence[int]:
    """Return the first of the tasks, which are the most doubtful; see `Choose`."""
    return tasks[:size]


def chance_rank(seed: int, task: int) -> float:
    """Return where a task stands in the order that the random share of rounds goes through."""
    return hash_uniform(seed, "round", task)


@dataclass(frozen=True, slots=True)
class PlannedGroup:
    """Open tasks that one promise is to be about, and the best course from here.

    Attributes:
        errors: Predicted probability that the model's label is wrong, of every open task.
        plan: The best course, if the predictions are right.
    """

    errors: Mapping[int, float]
    plan: Plan

    @property
    def is_reviewed_more(self) -> bool:
        """Whether another round of reviews pays."""
        return self.plan.reviews > WORTH_A_ROUND * len(self.errors)


@dataclass(frozen=True, slots=True)
class NextRound:
    """What comes next.

    Attributes:
        reviews: Tasks that people review next; none: freeze.
        groups: What is planned of each group, as they were given.
        reason: Why, in one line.
        drawn: Those of the reviews that chance drew.
    """

    reviews: tuple[int, ...]
    groups: tuple[PlannedGroup, ...]
    reason: str
    drawn: frozenset[int] = frozenset()

    @property
    def plan(self) -> Plan:
        """The best course from here, of all groups together."""
        return total_plan([one.plan for one in self.groups])


def pilot_size(tasks: int) -> int:
    """Return how many tasks of a population people begin with."""
    return min(tasks, max(PILOT_LEAST, min(PILOT_MOST, round(PILOT_SHARE * tasks))))


def pilot(tasks: Sequence[int], policy: PolicySettings) -> frozenset[int]:
    """Pick the pilot: a seeded random sample of a population's tasks, the same at every call.

    A task's place depends on its own id and the seed alone, so tasks that come later never push
    out one that was picked, unless they rank before it.

    Args:
        tasks: The population's.
        policy: The settings: the seed, and the size where it is set.

    Returns:
        The tasks that people begin with.
    """
    ranked = sorted(tasks, key=lambda task: hash_uniform(policy.seed, "pilot", task))
    size = pilot_size(len(tasks)) if policy.pilot is None else policy.pilot
    return frozenset(ranked[:size])


def planned(
    errors: Mapping[int, float], promise: Promise, draws: ErrorDraws = AS_PREDICTED
) -> PlannedGroup:
    """Plan the course of open tasks that one promise is to be about.

    Args:
        errors: Predicted probability that the model's label is wrong, of every open task.
        promise: What is promised of their population.
        draws: What the true errors may be.

    Returns:
        The plan.
    """
    predicted = np.array(list(errors.values()), dtype=np.float64)
    return PlannedGroup(errors, best_plan(predicted, promise, draws=draws))


def plan_next_round(
    groups: Sequence[PlannedGroup],
    answered: int,
    *,
    random_share: float = 0.0,
    seed: int = 0,
    least: int = ROUND_LEAST,
    choose: Choose = most_doubtful,
) -> NextRound:
    """Choose between another round of reviews and the freeze.

    Args:
        groups: What is planned of each group of the open tasks; of all, where they are one.
        answered: Tasks that people answered.
        random_share: Share of a round that is picked at random among the open tasks.
        seed: Seed of that pick.
        least: Items of a round, at least.
        choose: Says which of the tasks that the plan wants reviewed come first.

    Returns:
        The reviews of the round, none where it is time to freeze, and the plans behind it.
    """
    wanting = [one for one in groups if one.is_reviewed_more]
    plan = total_plan([one.plan for one in groups])
    if not wanting:
        return NextRound((), tuple(groups), reason_to_freeze(plan))
    wanted = sum(one.plan.reviews for one in wanting)
    size = min(wanted, max(least, math.ceil(ROUND_GROWTH * answered)))
    errors = {task: error for one in wanting for task, error in one.errors.items()}
    picked = _at_random(errors, round(random_share * size), seed)
    rest = [task for task in _doubtful(wanting) if task not in picked]
    chosen = choose(rest, size - len(picked))
    reason = f"{plan.reviews} more reviews and {plan.audits} audits are to leave {plan.left}"
    return NextRound((*chosen, *sorted(picked)), tuple(groups), reason, picked)


def reason_to_freeze(plan: Plan) -> str:
    """Say why no other round of reviews pays, in one line."""
    return f"reviewing more leaves the model no more than {plan.left}"


def _at_random(tasks: Iterable[int], count: int, seed: int) -> frozenset[int]:
    """Pick so many tasks by the seed alone."""
    if not count:
        return frozenset()
    ranked = sorted(tasks, key=lambda task: chance_rank(seed, task))
    return frozenset(ranked[:count])


def _doubtful(groups: Sequence[PlannedGroup]) -> list[int]:
    """List the tasks that the groups' plans want reviewed, the most doubtful of all first."""
    wanted = {
        task: one.errors[task]
        for one in groups
        for task in _by_doubt(one.errors)[: one.plan.reviews]
    }
    return _by_doubt(wanted)


def _by_doubt(errors: Mapping[int, float]) -> list[int]:
    return sorted(errors, key=lambda task: (-errors[task], task))
