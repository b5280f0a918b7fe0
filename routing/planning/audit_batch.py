"""The next audits of a frozen population: how many are asked for, and what is reviewed beside."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from labeling.mathtypes import Floats, Indices
from routing.guarantee.audit_test import MOST_ERROR, AuditEvent, AuditStatus, AuditTest, weights_of
from routing.planning.expected_audits import normal_deviations

PRIOR_ERRORS = 5.0
"""What the predictions weigh against audits: as if so many errors had confirmed them."""

FIRST_SHARE = 0.5
"""The share of the planned audits from which on it is asked what takes least: before, the bound is
far above what the same audits say at the planned end."""

CHOICES = 40
"""Numbers of audits that are compared."""


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

    At first these are half of the planned audits, at once: before, nothing can be proved. Then
    there are two ways on: more audits bring the bound down towards what they find, and reviews of
    the most doubtful labels take errors out. Their mixture that takes the fewest labels is asked
    for, by half: what comes may make the rest needless. What is left is taken to be wrong as much
    more often, or less, than predicted as audits found.

    Args:
        audit_test: The population's.
        audit_status: What is known; its promise is not kept yet.
        events: What happened so far.
        order: The places of what is still open, in the order of the audits, shape (open,).
        round_price: Needless labels that one round of waiting less is worth; see `policy.batch`.

    Returns:
        How many of each; together one at least, and no more than is still open.
    """
    done, planned, spared = audit_status.audits, audit_test.planned, round(round_price)
    first = math.ceil(FIRST_SHARE * planned)
    if done < first:
        return AuditBatch(min(max(first - done, min(planned - done, spared)), len(order)), 0)
    audited = [event for event in events if event.kind == "audit"]
    found = sum(event.is_wrong is not False for event in audited)
    scale = (found + PRIOR_ERRORS) / (audit_test.predicted(audited) + PRIOR_ERRORS)
    audits, reviews = _least(audit_test, audit_status, audit_test.errors[order], scale)
    audits = min(max(math.ceil(audits / 2), min(audits, spared)), len(order))
    reviews = max(math.ceil(reviews / 2), min(reviews, spared))
    return AuditBatch(audits, min(reviews, len(order) - audits))


def _least(
    audit_test: AuditTest, audit_status: AuditStatus, predicted: Floats, scale: float
) -> tuple[int, int]:
    """Find the audits and reviews that keep the promise with the fewest labels.

    Args:
        audit_test: The population's.
        audit_status: What is known.
        predicted: Predicted errors of what is open, shape (open,).
        scale: What these are to be multiplied by.

    Returns:
        Audits and reviews, not both 0.
    """
    promise, done = audit_test.promise, audit_status.audits
    expected, weights = np.minimum(predicted * scale, MOST_ERROR), weights_of(predicted)
    most = max(len(predicted) - promise.allowed, 1)
    more = np.unique(np.geomspace(1, most, CHOICES).round())
    if done:
        more = np.append(0.0, more)
    left = float(expected.sum())
    if done:
        width = max(audit_status.bound - left, 0.0) * np.sqrt(done / (done + more))
    else:
        spread = (expected * (1 - 2 * predicted) + predicted**2) / weights
        deviation = math.sqrt(float(weights.sum() * spread.sum()))
        width = normal_deviations(promise.risk) * deviation / np.sqrt(more)
    rate = float(weights @ expected / weights.sum())
    short = left + width - more * rate - promise.allowed
    found = np.cumsum(np.sort(expected)[::-1])
    reviews = np.where(short > 0, np.searchsorted(found, short) + 1, 0)
    # Nobody reviews on where no more are open than may be wrong.
    reviews = np.minimum(reviews, np.maximum(len(predicted) - promise.allowed - more, 0))
    asked = more + reviews
    # Of mixtures that take as few, the one of most audits: they may end sooner.
    best = len(asked) - 1 - int(asked[::-1].argmin())
    audits = int(more[best])
    return audits, max(int(reviews[best]), 0 if audits else 1)
