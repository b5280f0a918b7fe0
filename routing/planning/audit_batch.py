"""Audits: which frozen label is checked next, and how many are asked for at a time."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from routing.guarantee.audit_test import MOST_ERROR, AuditStatus, AuditTest, Event, weights_of
from routing.guarantee.hash_random import waiting_time
from routing.planning.optimal_plan import best_plan

Floats = NDArray[np.float64]

BATCH_LEAST = 10
"""Audits that are asked for at a time, at least: people do not wait for one another."""

PRIOR_ERRORS = 5.0
"""What the predictions weigh against audits: as if so many errors had confirmed them."""

WORTH_REVIEWING = 0.05
"""The share of what is open that the plan must want reviewed, for reviews to be asked."""


def audit_order(errors: Mapping[int, float], seed: int, digest: str) -> list[int]:
    """Put frozen tasks into the order in which they are audited, fixed at the freeze.

    Args:
        errors: Predicted probability that each task's frozen label is wrong, by task.
        seed: Seed of the order.
        digest: Of the frozen population; mixed in, so that no order can be picked beforehand.
    """
    weights = weights_of(np.array(list(errors.values()), dtype=np.float64)).tolist()
    waiting = {
        task: waiting_time(seed, f"audit {digest}", task, weight)
        for task, weight in zip(errors, weights, strict=True)
    }
    return sorted(waiting, key=lambda task: (waiting[task], task))


@dataclass(frozen=True, slots=True)
class Batch:
    """What is asked next of a frozen population: both at once, the audits first.

    Attributes:
        audits: The next in the drawn order.
        reviews: The most doubtful of the others.
    """

    audits: int
    reviews: int


def next_batch(
    audit_test: AuditTest, audit_status: AuditStatus, audited: Sequence[Event], unchecked: Floats
) -> Batch:
    """Choose what is asked next, all that was asked before being answered.

    Audits may find more errors than were predicted. What is left is then taken to be wrong as much
    more often, and where that makes it pay, the most doubtful items are reviewed too: they leave
    the population, with their errors. Half of what is planned is asked at a time, since most looks
    come towards the end, where one may be the last.

    Args:
        audit_test: The population's.
        audit_status: What is known; its promise is not kept yet.
        audited: The audits so far.
        unchecked: Predicted errors of what is still open, shape (items,).
    """
    found = sum(event.is_wrong is not False for event in audited)
    predicted = audit_test.predicted(audited)
    scale = (found + PRIOR_ERRORS) / (predicted + PRIOR_ERRORS)
    errors = np.minimum(unchecked * max(scale, 1.0), MOST_ERROR)
    plan = best_plan(errors, audit_test.promise, max(audit_status.evidence, 0.0))
    audits = min(max(BATCH_LEAST, math.ceil(plan.audits / 2)), audit_status.unchecked)
    wanted = plan.reviews if plan.reviews > WORTH_REVIEWING * audit_status.unchecked else 0
    return Batch(audits, min(math.ceil(wanted / 2), audit_status.unchecked - audits))
