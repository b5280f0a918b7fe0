"""The sequential test of skill with peers: known answers and other people's blind ones together.

Known answers are a tenth of what a person says, and no test of them alone tells a skill of .60 from
.75 by thirty of them. So their ordinary answers are held against what more than half of a few
others said of the same item. How often such a majority is right, r, is not known, but control tasks
tell: several people answered each. If r were known, somebody who is right in a share p of the items
would agree with the majority in at least p · r of those that have one, as long as being right there
and the majority being right do not go against each other. So for each r there is one e-process: the
bets of `aggregation.quality.skill_test` on this person times the bets of
`aggregation.quality.majority` on the share being r. At the true r a person of skill `good` cannot
expect it to grow, so neither what it is at the worst r: the least of them all reaches 1 / risk with
a probability of at most `risk`, at whatever look. Nothing is spent on estimating r. Where too few
control tasks tell of r, peers would only dilute what known answers show: so half of the stake is
played on these alone.

What must hold for that:

- which others are compared with was laid down before anyone answered: votes that were asked later
  because people disagreed depend on this person's answer;
- the others who answer control tasks are no better than those who answer the ordinary items, and
  control tasks no easier. Whoever is new or in doubt gets more control tasks: that errs on the
  safe side;
- on items with a majority, honest people are right at least as often as on all. Those are the
  easier ones.

Paper:
    A. Ramdas, P. Grünwald, V. Vovk, G. Shafer, "Game-theoretic statistics and safe anytime-valid
    inference", Statistical Science 38(4), 2023: e-processes of composite hypotheses.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import logsumexp

from aggregation.quality.majority import SHARES, MajorityShares, evidence_on_share
from aggregation.quality.skill_test import ALTERNATIVES, Comparison, log_payoffs
from labeling.mathtypes import Floats, Integers

LOOKS = 500
"""Looks whose evidence is worked out at once."""


@dataclass(frozen=True, slots=True)
class PeerComparison:
    """An ordinary blind answer that was held against the majority of a few others.

    Attributes:
        agrees: Whether it says the same.
    """

    agrees: bool


Observation = Comparison | PeerComparison | MajorityShares
"""What bears on somebody's skill: a known answer, peers, or what others said of a control task."""


def evidence_with_peers(observations: Sequence[Observation], good: float) -> Floats:
    """Return the evidence that somebody's skill is below `good`, after each observation.

    Args:
        observations: In the order in which they became known.
        good: The skill that an honest person has at least, in (0, 1).

    Returns:
        Natural log of the e-process after each observation, in nats, shape (observations,).

    Examples:
        >>> wrong = [Comparison(is_right=False)] * 4
        >>> [round(float(nats), 1) for nats in evidence_with_peers(wrong, 0.75)]
        [0.7, 1.4, 2.2, 3.0]
    """
    if not observations:
        return np.zeros(0)
    shares = [one for one in observations if isinstance(one, MajorityShares)]
    on_share = evidence_on_share(
        np.array([one.clear for one in shares], dtype=np.float64),
        np.array([one.right for one in shares], dtype=np.float64),
    )
    told = np.cumsum([isinstance(one, MajorityShares) for one in observations])
    differed = np.cumsum([one == PeerComparison(agrees=False) for one in observations])
    known = np.cumsum([_paid_by_known(one, good) for one in observations], axis=0)
    agreed = np.cumsum([one == PeerComparison(agrees=True) for one in observations])
    return log_evidence_with_peers(known.T, agreed, differed, on_share[told], good)


def _paid_by_known(observation: Observation, good: float) -> Floats:
    """Return what each bet on a known answer pays, in nats; nothing where it is none."""
    if not isinstance(observation, Comparison):
        return np.zeros(ALTERNATIVES)
    is_right, reference = np.array(observation.is_right), np.array(observation.reference)
    return log_payoffs(is_right, reference, good)


def log_evidence_with_peers(
    known: Floats,
    agreed: Integers,
    differed: Integers,
    on_share: Floats,
    good: float,
    *,
    every: int = 1,
) -> Floats:
    """Return the same by arrays, at some looks.

    Args:
        known: What the bets on known answers paid until then, in nats, shape (skills that are bet
            on, looks).
        agreed: How often they agreed with a majority until then, shape (looks,).
        differed: How often they did not, shape (looks,).
        on_share: `evidence_on_share` of the control tasks until then, shape (looks, shares).
        good: The skill that an honest person has at least, in (0, 1).
        every: Which of the shares are considered there; 1: all of them. Of fewer, what is returned
            is no evidence but an upper bound of it, which tells sooner where there is none.

    Returns:
        Natural log of the e-process at each look, in nats, shape (looks,).
    """
    # Bets on the person pay more the higher r is, and those on r less. So of the shares between two
    # that are considered, the lower one bounds the former, the upper one the latter.
    lower_ends = np.concatenate(([0.0], SHARES[:-1]))[::every]
    differing = log_payoffs(np.zeros(len(lower_ends), dtype=np.bool_), lower_ends, good).T
    both = known + agreed * log_payoffs(np.array(True), np.array(1.0), good)[:, None]
    least = [
        (logsumexp(both[:, part] + differing[..., None] * differed[part], axis=1).T + told).min(1)
        for part, told in _in_parts(on_share)
    ]
    evidence: Floats = np.logaddexp(logsumexp(known, axis=0), np.concatenate(least)) - np.log(
        2 * ALTERNATIVES
    )
    return evidence


def _in_parts(on_share: Floats) -> Iterator[tuple[slice, Floats]]:
    """Take looks apart, so that few are in memory at a time."""
    for start in range(0, max(len(on_share), 1), LOOKS):
        part = slice(start, start + LOOKS)
        yield part, on_share[part]


def first_alarm_with_peers(
    observations: Sequence[Observation], good: float, risk: float
) -> int | None:
    """Return after how many observations the evidence first sufficed; None: it never did.

    Args:
        observations: In the order in which they became known.
        good: The skill that an honest person has at least, in (0, 1).
        risk: The probability with which somebody of that skill may ever be accused, in (0, 1).
    """
    enough = np.flatnonzero(evidence_with_peers(observations, good) >= -np.log(risk))
    return int(enough[0]) + 1 if len(enough) else None
