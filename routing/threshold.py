"""From which confidence on the model is left alone, read off the items that people checked."""

from collections.abc import Sequence
from dataclasses import dataclass

from aggregation.intervals import clopper_pearson

LEAST_CHECKED = 15
"""Checked items that must stand above a threshold before it is drawn from their accuracy."""


@dataclass(frozen=True, slots=True)
class Checked:
    """One item that people answered: the model's confidence, and whether it was right."""

    confidence: float
    is_right: bool


@dataclass(frozen=True, slots=True)
class Threshold:
    """A confidence from which on answers are accepted, and what is known of them.

    Attributes:
        value: Accept at this confidence and above; None: accept nothing.
        estimate: Share of right answers among the checked items above it.
        low: Lower end of the exact 95% interval of `estimate` (Clopper and Pearson).
        high: Its upper end.
        reason: How it was chosen, in one line.
    """

    value: float | None
    estimate: float | None
    low: float | None
    high: float | None
    reason: str


def accuracy_above(value: float, checked: Sequence[Checked], reason: str) -> Threshold:
    """Tell what the checked items say of the answers from a confidence on."""
    above = [one.is_right for one in checked if one.confidence >= value]
    if not above:
        return Threshold(value, None, None, None, f"{reason}; no item above it was checked")
    low, high = clopper_pearson(sum(above), len(above))
    return Threshold(value, sum(above) / len(above), low, high, reason)


def choose(checked: Sequence[Checked], target: float) -> Threshold:
    """Choose the lowest threshold whose accepted items reach a target accuracy.

    Both witnesses must agree: of the checked items from the threshold on, at least `target` were
    right, and so says the mean of their confidences. The interval is stated, not promised: the
    threshold was chosen on the items that it is judged by, and the target is met on average
    rather than with a stated probability. A proved bound takes this function's place by giving
    another `Threshold`.

    Args:
        checked: The items that people checked, in any order.
        target: The accuracy that accepted items are to have, in (0, 1].
    """
    ranked = sorted(checked, key=lambda one: one.confidence, reverse=True)
    best = None
    right, mass = 0, 0.0
    for count, one in enumerate(ranked, start=1):
        right += one.is_right
        mass += one.confidence
        is_last_of_its_confidence = (
            count == len(ranked) or ranked[count].confidence < one.confidence
        )
        reaches_target = min(right, mass) >= target * count
        if is_last_of_its_confidence and count >= LEAST_CHECKED and reaches_target:
            best = one.confidence
    if best is None:
        return Threshold(
            None,
            None,
            None,
            None,
            f"no threshold reaches {target:.0%} on {len(ranked)} checked items",
        )
    above = sum(one.confidence >= best for one in ranked)
    return accuracy_above(best, ranked, f"lowest with {target:.0%} right, on {above} checked items")
