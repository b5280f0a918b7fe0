"""One way in which a population may go on: reviews, the freeze, audits, until it is certified.

It is played with the functions that decide in truth: the plan, the batches and the audit test. Only
what people will say is drawn, and how far the model will have learned at the freeze. Pure.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from routing.guarantee.audit_test import AuditEvent, AuditTest, Promise, weights_of
from routing.guarantee.audited_errors import HIGHEST_ERROR, audited_errors
from routing.planning.audit_batch import next_batch
from routing.planning.error_draws import Calibration
from routing.planning.optimal_plan import best_plan

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Indices = NDArray[np.intp]

FEW_DRAWS = 6
"""Draws that a plan on the way is made over."""


@dataclass(frozen=True, slots=True)
class Course:
    """Tasks that people were asked about on the way.

    Attributes:
        pilot: At the beginning, at random.
        reviews: By doubt: before the freeze, beside the audits, and after the certificate.
        audits: In the drawn order.
        batches: How often these are asked for, once all that was asked before is answered.
    """

    pilot: int
    reviews: int
    audits: int
    batches: int = 0


def open_course(
    errors: Floats,
    promise: Promise,
    calibration: Calibration,
    rng: np.random.Generator,
    *,
    slip: float = 0.0,
    pilot: int = 0,
    reviews: int = 0,
    round_price: float = 0.0,
) -> Course:
    """Play an open population to its end.

    Args:
        errors: Predicted errors of what nobody was asked about yet, shape (tasks,).
        promise: What is promised.
        calibration: What is known of the predictions.
        rng: Draws the true errors, what the model learns, and what people say.
        slip: How often people's label is a mistake, beyond what was predicted.
        pilot: Tasks among them that people get first, at random.
        reviews: Tasks that are planned to be reviewed then; they tell what is learned.
        round_price: Needless labels that one round of waiting less is worth.

    Returns:
        What people were asked.
    """
    slips = np.full(1, slip)
    true = calibration.draws(rng, 1, slips)
    rest = np.sort(errors)
    begun = rng.permutation(len(rest))[:pilot]
    taught = np.concatenate([rest[begun], np.delete(rest, begun)[-reviews:] if reviews else []])
    rest = np.delete(rest, begun)
    learned, known = calibration.learned(true, taught, rng)
    predicted, wrong = learned.of(rest)[0], rng.random(len(rest)) < true.of(rest)[0]
    plan = best_plan(predicted, promise, draws=known.for_plans().draws(rng, FEW_DRAWS, slips))
    kept = len(rest) - plan.reviews
    predicted, wrong = predicted[:kept], wrong[:kept]
    order = np.argsort(rng.exponential(size=kept) / weights_of(predicted))
    audit_test = AuditTest(promise, predicted, plan.audits)
    audits = audit_course(audit_test, [], order, predicted, wrong, round_price=round_price)
    return Course(len(begun), plan.reviews + audits.reviews, audits.audits, audits.batches)


def audit_course(
    audit_test: AuditTest,
    events: Sequence[AuditEvent],
    order: Indices,
    predicted: Floats,
    wrong: Bools,
    *,
    round_price: float = 0.0,
) -> Course:
    """Play the audits of a frozen population to their end.

    Args:
        audit_test: The population's.
        events: What is known or taken to be, by now.
        order: The places of what nobody was asked about, in the order of the audits.
        predicted: Predicted error of every frozen label, by place.
        wrong: Whether it is wrong, by place.
        round_price: Needless labels that one round of waiting less is worth.

    Returns:
        What people are still asked, also about certified labels that are nearly guesses.
    """
    events, left = list(events), order
    audits = reviews = batches = 0
    while not (status := audit_test.audit_status(events)).is_kept:
        asked = next_batch(audit_test, status, events, left, round_price=round_price)
        drawn, rest = left[: asked.audits], left[asked.audits :]
        doubtful = rest[np.argsort(-predicted[rest], kind="stable")[: asked.reviews]]
        events += [AuditEvent(int(one), "audit", bool(wrong[one])) for one in drawn]
        events += [AuditEvent(int(one), "review", bool(wrong[one])) for one in doubtful]
        left = rest[~np.isin(rest, doubtful)] if len(doubtful) else rest
        audits, reviews = audits + len(drawn), reviews + len(doubtful)
        batches += 1
    doubted = int((audited_errors(predicted, events)[left] > HIGHEST_ERROR).sum())
    return Course(0, reviews + doubted, audits, batches)
