"""All rules, and which of their findings stand when many people are looked at."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from aggregation.quality.rules.alternation import alternation
from aggregation.quality.rules.bursts import bursts
from aggregation.quality.rules.contract import Finding, Rule, Work
from aggregation.quality.rules.copies import copies
from aggregation.quality.rules.entropy import entropy
from aggregation.quality.rules.favourite import favourite
from aggregation.quality.rules.order import order
from aggregation.quality.rules.pairs import pairs
from aggregation.quality.rules.prelabel import prelabel
from aggregation.quality.rules.reading import reading
from aggregation.quality.rules.runs import runs
from aggregation.quality.rules.speed import speed
from labeling.mathtypes import Floats

RULES: Mapping[str, Rule] = {
    "speed": speed,
    "reading": reading,
    "runs": runs,
    "favourite": favourite,
    "entropy": entropy,
    "order": order,
    "prelabel": prelabel,
    "copies": copies,
    "pairs": pairs,
    "bursts": bursts,
    "alternation": alternation,
}
"""Every rule, by name."""


@dataclass(frozen=True, slots=True)
class Flag:
    """A finding that stands.

    Attributes:
        finding: What the rule says.
        adjusted: The least share of false discoveries at which it would still stand.
    """

    finding: Finding
    adjusted: float


def examine(work: Work, false_discoveries: float = 0.05) -> Sequence[Flag]:
    """Apply every rule, and return the findings that stand over all people and rules.

    Benjamini and Hochberg (Controlling the false discovery rate, JRSS B 1995): of the flags of one
    look, at most this share is expected to be about somebody whose work is honest. It is proved for
    p-values that are independent, or positively dependent; and it is no bound over many looks: who
    is looked at for long enough is flagged at some time. A flag never sanctions anybody: it raises
    that person's share of control tasks, and is shown to the admin.

    Args:
        work: The record of the work.
        false_discoveries: The share of flags that may be false, in (0, 1).

    Returns:
        The flags, the clearest first.
    """
    return standing([one for found in findings(work).values() for one in found], false_discoveries)


def findings(work: Work) -> Mapping[str, Sequence[Finding]]:
    """Return what each rule finds in the record of the work, by its name."""
    return {name: rule(work) for name, rule in RULES.items()}


def standing(found: Sequence[Finding], false_discoveries: float) -> Sequence[Flag]:
    """Return the findings that stand, as `examine` says, the clearest first."""
    adjusted = adjusted_p_values(np.array([one.p_value for one in found]))
    flags = [
        Flag(finding, float(value))
        for finding, value in zip(found, adjusted, strict=True)
        if value <= false_discoveries
    ]
    return sorted(flags, key=lambda flag: (flag.adjusted, flag.finding.p_value))


def adjusted_p_values(p_values: Floats) -> Floats:
    """Return Benjamini and Hochberg's adjusted p-values.

    Args:
        p_values: One a test, shape (tests,).

    Returns:
        The least share of false discoveries at which each stands, shape (tests,).

    Examples:
        >>> adjusted_p_values(np.array([0.01, 0.04, 0.03, 0.5])).round(3).tolist()
        [0.04, 0.053, 0.053, 0.5]
    """
    order = np.argsort(p_values)
    ranks = np.arange(1, len(p_values) + 1)
    ascending = np.minimum(p_values[order] * len(p_values) / ranks, 1.0)
    adjusted = np.empty(len(p_values))
    adjusted[order] = np.minimum.accumulate(ascending[::-1])[::-1]
    return adjusted
