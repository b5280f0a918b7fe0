"""Labels whose predicted errors deceive, and reviewers who meddle with the audits.

Both know everything but the order of the audits, which is drawn when the labels are frozen.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from labeling.mathtypes import Bools, Floats
from routing.guarantee.audit_test import AuditStatus, Promise


@dataclass(frozen=True, slots=True)
class FrozenLabels:
    """Frozen labels: what is predicted of them, and what they are.

    Attributes:
        errors: Predicted probability that each is wrong, shape (items,).
        is_wrong: Whether it is, shape (items,).
    """

    errors: Floats
    is_wrong: Bools


@dataclass(slots=True)
class AdversaryView:
    """What an adversary who knows everything but the order knows before an audit.

    Attributes:
        labels: All of them.
        is_open: Which of them are unchecked, shape (items,).
        spare: Wrong labels that may yet be removed with the promise staying broken.
        audit_status: The latest look.
    """

    labels: FrozenLabels
    is_open: Bools
    spare: int
    audit_status: AuditStatus


LabelMaker = Callable[[np.random.Generator, Promise], FrozenLabels]
"""Draws frozen labels."""

Reviewer = Callable[[AdversaryView], int | None]
"""Names an item that is reviewed by choice before the next audit; None: no item."""


def skewed(rng: np.random.Generator, items: int, mean: float) -> Floats:
    """Draw predicted errors as a good model has them: most are small, some are large.

    Args:
        rng: Draws them.
        items: How many.
        mean: Their mean.

    Returns:
        Probabilities, shape (items,).
    """
    return rng.beta(0.5, 0.5 / mean - 0.5, items)


def calibrated(mean: float) -> LabelMaker:
    """Labels are wrong as often as predicted, on average `mean` times as often as allowed."""

    def draw(rng: np.random.Generator, promise: Promise) -> FrozenLabels:
        errors = skewed(rng, promise.size, mean * promise.error)
        return FrozenLabels(errors, rng.random(promise.size) < errors)

    return draw


def over_the_bound(
    by: float, order: Literal["predicted", "inverted", "safest", "any"] = "predicted"
) -> LabelMaker:
    """Break the promise by as many labels as `by` says, and one.

    Args:
        by: What is beyond the bound, as a share of it.
        order: Which are wrong: the likelier the more doubtful; the likelier the *less* doubtful;
            the safest ones; any.

    Returns:
        Draws such labels.
    """

    def draw(rng: np.random.Generator, promise: Promise) -> FrozenLabels:
        errors = np.sort(skewed(rng, promise.size, (1 + by) * max(promise.error, 1 / promise.size)))
        count = promise.allowed + 1 + round(by * promise.allowed)
        chance = {"predicted": errors, "inverted": errors[::-1], "any": np.ones(promise.size)}
        is_wrong = np.zeros(promise.size, dtype=bool)
        if order == "safest":
            is_wrong[:count] = True
        else:
            p = np.maximum(chance[order], 1e-6)
            is_wrong[rng.choice(promise.size, count, replace=False, p=p / p.sum())] = True
        return FrozenLabels(errors, is_wrong)

    return draw


def constant(stated: float, by: float) -> LabelMaker:
    """State the same error of every label, and break the promise.

    Args:
        stated: The predicted error.
        by: What is beyond the bound, as a share of it.

    Returns:
        Draws such labels.
    """

    def draw(rng: np.random.Generator, promise: Promise) -> FrozenLabels:
        is_wrong = over_the_bound(by, "any")(rng, promise).is_wrong
        return FrozenLabels(np.full(promise.size, stated), is_wrong)

    return draw


def removing_right(now: AdversaryView) -> int | None:
    """Take away what would speak for the promise: right labels that audits would find soon."""
    return _most_doubtful(now, now.is_open & ~now.labels.is_wrong)


def removing_wrong(now: AdversaryView) -> int | None:
    """Take away the wrong labels that audits would find first, as long as the promise is broken."""
    return _most_doubtful(now, now.is_open & now.labels.is_wrong) if now.spare > 0 else None


def by_the_evidence(now: AdversaryView) -> int | None:
    """Watch: let the audits run while they go well, and meddle while they go badly."""
    if now.audit_status.evidence > 0:
        return None
    return removing_wrong(now) if now.spare > 0 else removing_right(now)


def _most_doubtful(now: AdversaryView, among: Bools) -> int | None:
    doubt = np.where(among, now.labels.errors, -1.0)
    item = int(doubt.argmax())
    return item if doubt[item] >= 0 else None
