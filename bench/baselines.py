"""What else could promise an error rate, on the same answers: known rules, and a perfect one.

All of them leave the most confident labels to the model and pay people for every other item. Items
of equal confidence are in random order.
"""

from collections.abc import Callable, Sequence
from typing import TypeAlias

import numpy as np
from scipy.stats import beta, hypergeom

from labeling.mathtypes import Bools, Floats
from routing.guarantee.audit_test import Promise

Rule: TypeAlias = Callable[[Bools, Promise, np.random.Generator], float]
"""Takes whether each label is wrong, the most confident first; returns the share that is kept."""

AUDIT_SIZES = (50, 100, 150, 200, 250, 300, 400, 500, 700, 1000)
"""Numbers of audits that are tried, up to half of the items; the best is told."""

GRID = 100
"""Thresholds that the fixed sequence tests, from the safest on."""


def perfect_threshold(wrong: Bools, promise: Promise, _: np.random.Generator) -> float:
    """Leave as much as may be left where the errors are known; nobody can do that.

    Args:
        wrong: Whether each item's label is wrong, the most confident first.
        promise: What is promised.
        _: Not needed; takes part so that all rules are called alike.

    Returns:
        The share of the items that the model keeps.
    """
    return float(np.searchsorted(np.cumsum(wrong), promise.allowed, side="right")) / len(wrong)


def pac_labels(audits: int) -> Rule:
    """PAC labels: a uniform sample, and the last threshold whose error is surely below.

    Candès, Ilyas and Zrnic, "Probably approximately correct labels" (2025), Algorithm 1: as the
    error grows with the threshold, none of the tries need be corrected for. The upper bound on the
    mean of 0-1 losses is the exact one (Clopper and Pearson).
    """

    def share(wrong: Bools, promise: Promise, rng: np.random.Generator) -> float:
        sampled = np.sort(rng.choice(len(wrong), audits, replace=False))
        errors = sampled[wrong[sampled]]
        found = np.arange(len(errors) + 1)
        highest = beta.ppf(1 - promise.risk, found + 1, np.maximum(audits - found, 1e-9))
        may_find = int(np.sum(highest <= promise.error)) - 1
        if may_find < 0:
            return 0.0
        kept = errors[may_find] if may_find < len(errors) else len(wrong)
        return float(kept - np.searchsorted(sampled, kept)) / len(wrong)

    return share


def fixed_sequence(audits: int) -> Rule:
    """Test thresholds from the safest on with the exact hypergeometric bound, up to a failure.

    Angelopoulos et al., "Learn then test" (2021): a sequence that is fixed in advance needs no
    correction. What an audit found wrong is corrected, so that the errors left are bounded.
    """

    def share(wrong: Bools, promise: Promise, rng: np.random.Generator) -> float:
        sampled = np.sort(rng.choice(len(wrong), audits, replace=False))
        errors = sampled[wrong[sampled]]
        best = 0
        for kept in np.linspace(0, len(wrong), GRID + 1).round().astype(int)[1:]:
            seen = int(np.searchsorted(sampled, kept))
            found = int(np.searchsorted(errors, kept))
            least = promise.allowed + found + 1
            if least <= kept and hypergeom.cdf(found, kept, least, seen) > promise.risk:
                break
            best = kept - seen
        return best / len(wrong)

    return share


def best_of(
    rule: Callable[[int], Rule],
    confidence: Floats,
    wrong: Bools,
    promise: Promise,
    seeds: Sequence[int],
) -> dict[str, float]:
    """Run a rule at every audit size, and return its best.

    Args:
        rule: Makes the rule of an audit size.
        confidence: Of each item, shape (items,).
        wrong: Whether each item's label is wrong, shape (items,).
        promise: What is promised.
        seeds: The seed of each time.

    Returns:
        The best mean share, and the audit size that it takes.
    """
    sizes = [size for size in AUDIT_SIZES if 2 * size <= len(wrong)] or [max(len(wrong) // 2, 1)]
    means = {
        size: float(shares(rule(size), confidence, wrong, promise, seeds).mean()) for size in sizes
    }
    best = max(means, key=lambda size: means[size])
    return {"share_mean": means[best], "audits": best}


def shares(
    rule: Rule,
    confidence: Floats,
    wrong: Bools,
    promise: Promise,
    seeds: Sequence[int],
) -> Floats:
    """Run a rule with each of so many seeds, each with its own order of equally confident items.

    Args:
        rule: The rule.
        confidence: Of each item, shape (items,).
        wrong: Whether each item's label is wrong, shape (items,).
        promise: What is promised.
        seeds: The seed of each time.

    Returns:
        The share of the items that the model keeps, shape (seeds,).
    """
    kept = [_once(rule, confidence, wrong, promise, np.random.default_rng(seed)) for seed in seeds]
    return np.array(kept, dtype=np.float64)


def _once(
    rule: Rule,
    confidence: Floats,
    wrong: Bools,
    promise: Promise,
    rng: np.random.Generator,
) -> float:
    order = np.lexsort((rng.random(len(wrong)), -confidence))
    return rule(wrong[order], promise, rng)
