"""What is known of how well somebody works: the evidence that decides about them. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import exp
from typing import TYPE_CHECKING, Any

from aggregation.quality.control_answers import ControlAnswer
from aggregation.quality.skill import SkillPosterior
from routing.people.peers import NO_PEERS, PeerVotes

if TYPE_CHECKING:
    from aggregation.quality.skill_test import Comparison

MOST_NATS = 700.0
"""The most evidence that is told as a number: a float ends there."""


@dataclass(frozen=True, slots=True)
class Flag:
    """What a rule says of somebody's work; it never decides.

    Attributes:
        worker: Whom it is about.
        rule: The rule's name.
        line: What it says, in one line for the admin.
        p_value: The probability that it says so of an honest person, adjusted for all people and
            rules that were looked at.
    """

    worker: int
    rule: str
    line: str
    p_value: float


@dataclass(frozen=True, slots=True)
class SkillEvidence:
    """What is known of somebody's skill.

    Attributes:
        known: What their answers to control tasks say.
        nats: The most evidence against their having the skill that is asked for, at any look, in
            nats; see `aggregation.quality.skill_test`.
    """

    known: SkillPosterior
    nats: float

    @property
    def controls(self) -> int:
        """How many answers to control tasks they gave."""
        return round(self.known.right + self.known.wrong)

    def as_json(self, good: float, risk: float) -> Mapping[str, Any]:
        """Return the numbers, as the ledger keeps them beside what followed.

        Args:
            good: The skill that people are to have.
            risk: The probability with which somebody of that skill may ever be paused.
        """
        interval = self.known.interval()
        return {
            "controls": self.controls,
            "right": round(self.known.right),
            "skill": round(self.known.mean, 3),
            "low": round(interval.low, 3),
            "high": round(interval.high, 3),
            "e_value": float(f"{exp(min(self.nats, MOST_NATS)):.4g}"),
            "good": good,
            "wrongly_paused": risk,
        }

    def __str__(self) -> str:
        interval = self.known.interval()
        return (
            f"{self.known.right:.0f} of {self.controls} known answers right, a skill of"
            f" {self.known.mean:.0%} ({interval.low:.0%} to {interval.high:.0%})"
        )


def skill_evidence(
    answers: Sequence[ControlAnswer],
    worker: int,
    good: float,
    since: datetime | None = None,
    peers: PeerVotes = NO_PEERS,
) -> SkillEvidence:
    """Return what is known of somebody's skill.

    Args:
        answers: Everybody's answers to control tasks.
        worker: Whose skill it is.
        good: The skill that people are to have.
        since: Only what they answered later counts; None: all.
        peers: What peers said blind of the same items; none: known answers alone tell.
    """
    counted = [one for one in answers if one.worker != worker or _is_later(one.at, since)]
    own = [one for one in counted if one.worker == worker]
    beside = [
        one for one in peers.beside(worker) if one.worker != worker or _is_later(one.at, since)
    ]
    if not own and not beside:
        return SkillEvidence(SkillPosterior(), 0.0)
    # Here, since scipy would slow every command's start.
    from aggregation.quality.peer_test import evidence_with_peers
    from aggregation.quality.peer_votes import observations
    from aggregation.quality.skill_test import evidence_against

    right = sum(one.is_right for one in own)
    nats = (
        evidence_with_peers(observations(worker, counted, beside, others=peers.others), good)
        if peers.others
        else evidence_against(comparisons_of(own), good)
    )
    known = SkillPosterior(right, len(own) - right)
    return SkillEvidence(known, float(nats.max(initial=0.0)))


def comparisons_of(answers: Sequence[ControlAnswer]) -> "list[Comparison]":
    """Return what one person's test rests on where no peers tell, by when it became known.

    Args:
        answers: The person's own, to control tasks.
    """
    from aggregation.quality.skill_test import Comparison

    ordered = sorted(answers, key=lambda one: (one.at, one.control))
    return [Comparison(one.is_right, one.probability) for one in ordered]


def _is_later(at: datetime, since: datetime | None) -> bool:
    return since is None or at > since
