"""A sequential test of one person's skill, which may be looked at after every answer.

It is an e-process against "this person is right in at least `good` of such items": a product of
bets that an honest person of that skill cannot expect to win (Ramdas, Grünwald, Vovk & Shafer,
*Game-theoretic statistics and safe anytime-valid inference*, 2023). By Ville's inequality it ever
reaches 1 / risk with a probability of at most `risk`, however long the person works.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import logsumexp

from labeling.mathtypes import Floats

LEAST_ALTERNATIVE = 0.1
"""The lowest skill that is bet on."""

ALTERNATIVES = 16
"""How many skills below `good` are bet on, each with an equal share of the stake."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """An answer that was held against one that is probably right.

    Attributes:
        is_right: Whether it says the same, or what else is accepted.
        reference: The probability, at least, that what it is held against is right, in (0, 1]; of
            a known answer 1. Whether that is right must not depend on this person's answer.
    """

    is_right: bool
    reference: float = 1.0


def evidence_against(comparisons: Sequence[Comparison], good: float) -> Floats:
    """Return the evidence that somebody's skill is below `good`, after each comparison.

    Who is right in a share p of items agrees with a reference that is right in a share r of them
    in at least p · r, if the reference is not right just where the person errs. So for every skill
    s < good the bet pays s / good where they agree and (1 - s · r) / (1 - good · r) where they do
    not, which is 1 on average at p = good and less above. The stakes are spread over the skills.

    Args:
        comparisons: In the order in which they became known.
        good: The skill that an honest person has at least, in (0, 1).

    Returns:
        Natural log of the e-process after each comparison, in nats, shape (comparisons,).

    Examples:
        >>> wrong = [Comparison(is_right=False)] * 4
        >>> [round(float(nats), 1) for nats in evidence_against(wrong, 0.75)]
        [0.9, 1.8, 2.9, 3.9]
    """
    if not comparisons:
        return np.zeros(0)
    skills = np.linspace(LEAST_ALTERNATIVE, good, ALTERNATIVES, endpoint=False)[:, None]
    right = np.array([one.is_right for one in comparisons])
    reference = np.array([one.reference for one in comparisons])
    payoffs = np.where(
        right, np.log(skills / good), np.log1p(-skills * reference) - np.log1p(-good * reference)
    )
    logs: Floats = logsumexp(np.cumsum(payoffs, axis=1), axis=0) - np.log(ALTERNATIVES)
    return logs


def first_alarm(comparisons: Sequence[Comparison], good: float, risk: float) -> int | None:
    """Return after how many comparisons the evidence first sufficed; None: it never did.

    Args:
        comparisons: In the order in which they became known.
        good: The skill that an honest person has at least, in (0, 1).
        risk: The probability with which somebody of that skill may ever be accused, in (0, 1).
    """
    enough = np.flatnonzero(evidence_against(comparisons, good) >= -np.log(risk))
    return int(enough[0]) + 1 if len(enough) else None
