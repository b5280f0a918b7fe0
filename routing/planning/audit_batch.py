"""The next audits of a frozen population: how many are asked for, and what is reviewed beside."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from routing.guarantee.audit_test import MOST_ERROR, AuditEvent, AuditStatus, AuditTest
from routing.planning.optimal_plan import best_plan

Indices = NDArray[np.intp]

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
    events: Sequence[AuditEvent],
    order: Indices,
    *,
    least: int,
) -> AuditBatch:
    """Choose what is asked next, all that was asked before being answered.

    As many audits are asked as keep the promise if none of them finds an error. Fewer could not
    keep it, so none of these is answered in vain, and they become fewer towards the end. `least` is
    asked in any case: some of these may prove needless, and people wait less often.

    Audits may find more errors than were predicted. What is left is then taken to be wrong as much
    more often, and where that makes it pay, the most doubtful items are reviewed too: they leave
    the population, with their errors. Half of those that the plan wants are asked at a time.

    Args:
        audit_test: The population's.
        audit_status: What is known; its promise is not kept yet.
        events: What happened so far.
        order: The places of what is still open, in the order of the audits, shape (open,).
        least: Audits that are asked for at a time, at least; see `policy.batch`.

    Returns:
        How many of each; together no more than is still open.
    """
    audited = [event for event in events if event.kind == "audit"]
    found = sum(event.is_wrong is not False for event in audited)
    predicted = audit_test.predicted(audited)
    scale = (found + PRIOR_ERRORS) / (predicted + PRIOR_ERRORS)
    errors = np.minimum(audit_test.errors[order] * max(scale, 1.0), MOST_ERROR)
    plan = best_plan(errors, audit_test.promise, max(audit_status.evidence, 0.0))
    audits = min(max(least, audit_test.fewest_audits(events, order)), audit_status.unchecked)
    wanted = plan.reviews if plan.reviews > WORTH_REVIEWING * audit_status.unchecked else 0
    return AuditBatch(audits, min(math.ceil(wanted / 2), audit_status.unchecked - audits))
