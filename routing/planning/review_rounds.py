"""The course of a population before its freeze: whom people review next, or that it is time.

People begin with a random sample. Then they review the most doubtful items, in rounds between
which the model learns, for as long as the plan says that reviewing more leaves the model more.
A share of every round is picked at random among all open items, so that what is learned also
holds for the items that nobody doubts.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from labeling.settings.sections import PolicySettings
from routing.guarantee.audit_test import Promise
from routing.guarantee.hash_random import hash_uniform
from routing.planning.error_draws import AS_PREDICTED, ErrorDraws
from routing.planning.optimal_plan import Plan, best_plan

PILOT_SHARE, PILOT_LEAST, PILOT_MOST = 0.1, 60, 300
"""The random sample that people begin with, as a share of the population, and its limits."""

ROUND_GROWTH = 0.2
"""A round's items, as a share of those that are answered already: each teaches markedly more."""

ROUND_LEAST = 20
"""Items of a round, at least."""

WORTH_A_ROUND = 0.03
"""The share of the open items that the plan must want reviewed, for another round to pay."""


@dataclass(frozen=True, slots=True)
class NextRound:
    """What comes next.

    Attributes:
        reviews: Tasks that people review next; none: freeze.
        plan: The best course from here, if the predictions are right.
        reason: Why, in one line.
    """

    reviews: tuple[int, ...]
    plan: Plan
    reason: str


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


def plan_next_round(
    errors: Mapping[int, float],
    answered: int,
    promise: Promise,
    *,
    draws: ErrorDraws = AS_PREDICTED,
    random_share: float = 0.0,
    seed: int = 0,
    least: int = ROUND_LEAST,
) -> NextRound:
    """Choose between another round of reviews and the freeze.

    Args:
        errors: Predicted probability that the model's label is wrong, of every open task.
        answered: Tasks of the population that people answered.
        promise: What is promised of the population.
        draws: What the true errors may be.
        random_share: Share of a round that is picked at random among the open tasks.
        seed: Seed of that pick.
        least: Items of a round, at least.

    Returns:
        The reviews of the round, none where it is time to freeze, and the plan behind it.
    """
    predicted = np.array(list(errors.values()), dtype=np.float64)
    plan = best_plan(predicted, promise, draws=draws)
    if plan.reviews <= WORTH_A_ROUND * len(errors):
        return NextRound((), plan, f"reviewing more leaves the model no more than {plan.left}")
    size = min(plan.reviews, max(least, math.ceil(ROUND_GROWTH * answered)))
    at_random = sorted(errors, key=lambda task: hash_uniform(seed, "round", task))
    picked = at_random[: round(random_share * size)]
    doubtful = sorted(errors, key=lambda task: (-errors[task], task))
    rest = [task for task in doubtful if task not in set(picked)][: size - len(picked)]
    reason = f"{plan.reviews} more reviews and {plan.audits} audits are to leave {plan.left}"
    return NextRound((*rest, *picked), plan, reason)
