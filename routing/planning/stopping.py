"""When to stop: four rules that say whether more labels still bring something. Pure.

The *plan* alone decides: it asks for reviews as long as they leave the model more under the
promise. The other three inform whoever pays: an opinion on it that does not rest on the promise.
None of them ends people's work, or lets it go on.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

from routing.planning.learning_curve import Estimate
from routing.planning.review_rounds import WORTH_A_ROUND

Rule: TypeAlias = Literal["plan", "learning curve", "label stability", "overall uncertainty"]

LITTLE_GAIN = 0.01
"""The upper end of what a hundred more labels bring, from which on the learning curve says stop."""

STABLE_KAPPA, STABLE_LESSONS = 0.99, 3
"""The mean kappa, and of how many lessons, at which labels count as stable (Bloodgood and
Vijay-Shanker 2009)."""


@dataclass(frozen=True, slots=True)
class StoppingSign:
    """What one rule says.

    Attributes:
        rule: The rule.
        value: What it looks at; None: it cannot be told yet.
        limit: What that is compared with.
        has_fired: Whether the rule says stop.
    """

    rule: Rule
    value: float | None
    limit: float
    has_fired: bool


def plan_sign(wanted: int | None, open_tasks: int) -> StoppingSign:
    """Return what the plan says: stop, once it wants next to nothing reviewed any more.

    Args:
        wanted: Tasks that it wants reviewed; None: it cannot tell yet.
        open_tasks: Tasks that are open and that nobody was asked.
    """
    share = None if wanted is None else wanted / max(open_tasks, 1)
    return _at_most("plan", share, WORTH_A_ROUND)


def learning_curve_sign(gain: Estimate | None) -> StoppingSign:
    """Return what the learning curve says: stop, once more labels bring little at the very most.

    Args:
        gain: By how much the model's error falls with a hundred more labels; None: it cannot be
            told yet.
    """
    return _at_most("learning curve", gain.high if gain else None, LITTLE_GAIN)


def label_stability_sign(kappas: Sequence[float]) -> StoppingSign:
    """Return what the stability of labels says: stop, once lessons change next to none.

    Args:
        kappas: Cohen's kappa between the labels of each lesson and those of the one before.
    """
    last = kappas[-STABLE_LESSONS:]
    mean = float(np.mean(last)) if len(last) == STABLE_LESSONS else None
    return StoppingSign(
        "label stability", mean, STABLE_KAPPA, mean is not None and mean >= STABLE_KAPPA
    )


def overall_uncertainty_sign(mean_error: float | None, target_error: float) -> StoppingSign:
    """Return what the model's own doubt says: stop, once it expects to err as little as promised.

    The rule of Zhu, Wang and Hovy ("Multi-Criteria-Based Strategy to Stop Active Learning for Data
    Annotation", COLING 2008), with the promise for a threshold.

    Args:
        mean_error: Mean predicted error of what is open; None: nothing is predicted.
        target_error: The share of the labels that may be wrong.
    """
    return _at_most("overall uncertainty", mean_error, target_error)


def _at_most(rule: Rule, value: float | None, limit: float) -> StoppingSign:
    return StoppingSign(rule, value, limit, value is not None and value <= limit)
