"""Pairs: two people who make the same errors on the same items."""

from collections.abc import Sequence

import numpy as np

from aggregation.quality.rules.alike import AlikeErrors
from aggregation.quality.rules.contract import Finding, Work

NAME = "pairs"


def pairs(work: Work) -> Sequence[Finding]:
    """Find people who share more errors with somebody than both err, and than the items mislead.

    An error is an answer against the item's clear majority: honest people are right together, but
    err each in their own way. The null hypothesis: given how often each of the two makes an error
    and how many people made it on an item, it is chance who did. A person's p-value is that of
    their closest partner, times the number of partners tried (Bonferroni).

    Args:
        work: Answers that are not free texts, several of an item.

    Returns:
        A finding of each person who could share an error with somebody.
    """
    if work.is_free_text or work.answers.empty:
        return []
    alike = AlikeErrors.of(work)
    findings = []
    for who, name in enumerate(work.workers):
        tried = int((alike.expected[who] > 0).sum())
        if not tried:
            continue
        closest = int(np.where(alike.expected[who] > 0, alike.p_values[who], 2.0).argmin())
        findings.append(
            Finding(
                NAME,
                (name, work.workers[closest]),
                min(1.0, tried * float(alike.p_values[who, closest])),
                f"made {alike.shared[who, closest]} errors that {work.workers[closest]} made on"
                f" the same items, {alike.expected[who, closest]:.1f} expected",
            )
        )
    return findings
