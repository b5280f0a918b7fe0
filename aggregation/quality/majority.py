"""How often the majority of a few people is right: a lower bound that holds at every look.

It is learned from control tasks, which several people answered. Each gives one observation, once
enough have: of all groups of that many among those who answered first, the share in which more than
half say the same, and the share in which they say so and are right. Control tasks are independent
of each other, so that bets on a greater share than r of right majorities are fair if it is r
(Waudby-Smith & Ramdas, *Estimating means of bounded random variables by betting*, 2023): a share
that they win against too much is refuted, and the bound is the greatest of these.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import comb

import numpy as np
from scipy.special import logsumexp

from labeling.mathtypes import Floats

SHARES = 1 - np.linspace(np.sqrt(0.7), 0, 81) ** 2
"""The shares of right majorities that are considered, from 0.3 to 1, closer towards 1."""

BETS = np.array([0.05, 0.1, 0.2, 0.35, 0.5, 0.65, 0.8, 0.9])
"""Parts of the stake that are bet on each control task."""

STAKES = np.array([*[0.075] * 4, *[0.175] * 4])
"""The share of the stake that is played with each; they sum to 1."""


@dataclass(frozen=True, slots=True)
class MajorityShares:
    """What all groups of a few people said of one control task.

    Attributes:
        clear: The share of groups in which more than half say the same.
        right: The share in which they do and are right; no more than `clear`.
    """

    clear: float
    right: float


def majority_shares(answers: Sequence[tuple[str, bool]], others: int) -> MajorityShares:
    """Return how often groups of people have a majority, and one that is right.

    Args:
        answers: What each person said, and whether that is right; at least `others` of them.
        others: People in a group.

    Returns:
        The shares over all groups, in [0, 1].

    Examples:
        >>> answers = [("cat", True), ("cat", True), ("dog", False)]
        >>> majority_shares(answers, 3)
        MajorityShares(clear=1.0, right=1.0)
        >>> majority_shares(answers, 1)
        MajorityShares(clear=1.0, right=0.6666666666666666)
    """
    said, accepted = Counter(label for label, _ in answers), dict(answers)
    of_count = majorities(len(answers), others)
    clear = sum(of_count[count] for count in said.values())
    right = sum(of_count[count] for label, count in said.items() if accepted[label])
    return MajorityShares(float(clear), float(right))


def majorities(people: int, others: int) -> Floats:
    """Return in which share of groups of people more than half say what so many of all say.

    Args:
        people: How many answered.
        others: People in a group, at most as many.

    Returns:
        The share in [0, 1], by how many of all say it, shape (people + 1,).
    """
    groups = [
        sum(
            comb(count, inside) * comb(people - count, others - inside)
            for inside in range(others // 2 + 1, others + 1)
        )
        for count in range(people + 1)
    ]
    return np.array(groups, dtype=np.float64) / comb(people, others)


def evidence_on_share(clear: Floats, right: Floats, *, every: int = 1) -> Floats:
    """Return the evidence against each share of `SHARES` being that of right majorities.

    Args:
        clear: `MajorityShares.clear` of each control task, in the order in which they were settled.
        right: `MajorityShares.right` of each.
        every: Which of the shares are considered; 1: all of them.

    Returns:
        Natural log of an e-process a share, in nats, before the first control task and after each,
        shape (tasks + 1, shares); it falls from share to share.
    """
    bets, considered = BETS[:, None, None], SHARES[::every]
    # 1 on average if that share of the majorities is right.
    payoffs = np.log1p(bets * (right[:, None] / considered - clear[:, None]))
    logs = logsumexp(np.cumsum(payoffs, axis=1), axis=0, b=STAKES[:, None, None])
    evidence: Floats = np.concatenate([np.zeros((1, len(considered))), logs])
    return evidence
