"""The next audits of a frozen population: how many are asked for, and what is reviewed beside."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from labeling.mathtypes import Floats, Indices
from routing.guarantee.audit_test import MOST_ERROR, AuditEvent, AuditStatus, AuditTest
from routing.planning.optimal_plan import best_plan

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
    round_price: float,
) -> AuditBatch:
    """Choose what is asked next, all that was asked before being answered.

    Audits may find more errors than were predicted. What is left is then taken to be wrong as much
    more often, and where that makes it pay, the most doubtful items are reviewed too: they leave
    the population, with their errors. Half of those that the plan wants are asked at a time.

    Args:
        audit_test: The population's.
        audit_status: What is known; its promise is not kept yet.
        events: What happened so far.
        order: The places of what is still open, in the order of the audits, shape (open,).
        round_price: Needless labels that one round of waiting less is worth; see `policy.batch`.

    Returns:
        How many of each; together no more than is still open.
    """
    audited = [event for event in events if event.kind == "audit"]
    found = sum(event.is_wrong is not False for event in audited)
    scale = (found + PRIOR_ERRORS) / (audit_test.predicted(audited) + PRIOR_ERRORS)
    predicted = audit_test.errors[order]
    expected = np.minimum(predicted * scale, MOST_ERROR)
    audits = _audits(audit_test, events, order, np.cumsum(expected), round_price)
    errors = np.maximum(predicted, expected)
    plan = best_plan(errors, audit_test.promise, max(audit_status.evidence, 0.0))
    wanted = plan.reviews if plan.reviews > WORTH_REVIEWING * audit_status.unchecked else 0
    return AuditBatch(audits, min(math.ceil(wanted / 2), audit_status.unchecked - audits))


def _audits(
    audit_test: AuditTest,
    events: Sequence[AuditEvent],
    order: Indices,
    expected: Floats,
    round_price: float,
) -> int:
    """Choose how many audits are asked at a time.

    If none of them finds an error, so many keep the promise: fewer could not, and none of these is
    in vain. With each error that they find, more are needed. A batch that is large enough for some
    errors holds needless labels where fewer come; where more come, people wait for another batch.
    The size is the one by which both together cost least, in labels.

    Args:
        audit_test: The population's.
        events: What happened so far.
        order: The places of what is still open, in the order of the audits, shape (open,).
        expected: Errors that are expected among the first so many of these, shape (open,).
        round_price: What a round of waiting costs, in labels.

    Returns:
        Audits, one at least.
    """
    from scipy.special import pdtr  # here, since it would slow every command's start

    size = chosen = audit_test.audits_until_kept(events, order)
    enough = float(pdtr(0, expected[size - 1]))
    least, needless, found = round_price * (1 - enough), 0.0, 0
    while True:
        found, smaller = found + 1, size
        size = audit_test.audits_until_kept(events, order, found, smaller)
        needless += enough * (size - smaller)
        if needless >= least or size == smaller:
            return chosen
        enough = max(float(pdtr(found, expected[size - 1])), enough)
        cost = needless + round_price * (1 - enough)
        if cost < least:
            chosen, least = size, cost
