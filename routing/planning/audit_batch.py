"""The next audits of a frozen population: how many are asked for, and what is reviewed beside."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from routing.guarantee.audit_test import MOST_ERROR, AuditEvent, AuditStatus, AuditTest
from routing.planning.optimal_plan import best_plan

Floats = NDArray[np.float64]

BATCH_LEAST = 10
"""Audits that are asked for at a time, at least: people do not wait for one another."""

PRIOR_ERRORS = 5.0
"""What the predictions weigh against audits: as if so many errors had confirmed them."""

WORTH_REVIEWING = 0.05
"""The share of what is open that the plan must want reviewed, for reviews to be asked."""


@dataclass(frozen=True, slots=True)
class AuditBatch:
    """What is asked next of a frozen population: both at once, the audits first.

    Attributes:
        audits: The next in the drawn order.
        reviews: The most doubtful of the others.
    """

    audits: int
    reviews: int


def next_batch(
    audit_test: AuditTest,
    audit_status: AuditStatus,
    audited: Sequence[AuditEvent],
    unchecked: Floats,
    *,
    least: int = BATCH_LEAST,
) -> AuditBatch:
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
        least: Audits that are asked for at a time, at least.

    Returns:
        How many of each; together no more than is still open.
    """
    found = sum(event.is_wrong is not False for event in audited)
    predicted = audit_test.predicted(audited)
    scale = (found + PRIOR_ERRORS) / (predicted + PRIOR_ERRORS)
    errors = np.minimum(unchecked * max(scale, 1.0), MOST_ERROR)
    plan = best_plan(errors, audit_test.promise, max(audit_status.evidence, 0.0))
    audits = min(max(least, math.ceil(plan.audits / 2)), audit_status.unchecked)
    wanted = plan.reviews if plan.reviews > WORTH_REVIEWING * audit_status.unchecked else 0
    return AuditBatch(audits, min(math.ceil(wanted / 2), audit_status.unchecked - audits))
