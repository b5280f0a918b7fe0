"""Supervision: who is watched and who is paused, by what control tasks and rules say. Pure.

A person is *paused* once the sequential test of their skill has proved at any look that it is below
`quality.good`: by known answers (`aggregation.quality.skill_test`), and where several votes a task
are planned, by peers' blind ones beside them (`aggregation.quality.peer_test`). Somebody of that
skill ever is with probability `quality.wrongly_paused` at most, however long they work.

What an admin resumes begins anew: the test looks only at what was answered since, else the person
would be paused again at once, by the same evidence. Each test by itself keeps the stated
probability. So somebody of skill `good` whom an admin resumed k times is ever paused with
probability (k + 1) · `wrongly_paused` at most.

A rule (`aggregation.quality.rules`) and a doubt never pause anybody: they have a person *watched*,
who is asked more control tasks. A watch ends once the known answers that were given since it began
speak for the person, whatever rules say; or, where there are too few of them, once the person has
given as many answers again and no rule flags them any more. A rule has somebody watched once, so
that p-values which waver about their threshold at look after look change nothing: what known
answers overruled does not come back. After an admin's word for somebody flags have them watched no
more at all, since nobody knows whether they are about what was done since. *Excluded* is the
admin's word alone.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import log
from types import MappingProxyType

from aggregation.quality.control_answers import ControlAnswer
from labeling.settings.quality_section import QualitySettings
from routing.ledger.people import PersonEvent, PersonState, states_of
from routing.people.evidence import Flag, SkillEvidence, skill_evidence
from routing.people.peers import NO_PEERS, PeerVotes
from routing.people.states import ASKED, next_event, state_of

FEWEST = 5
"""Answers to control tasks below which nobody is in doubt: everybody misses one."""

DOUBTED = 0.25
"""Below this probability that somebody has the skill that is asked for, they are watched."""

TRUSTED = 0.5
"""Above this one they are watched no more; the gap keeps people from going back and forth."""

ENOUGH = 10
"""Known answers since a watch began that may end it."""

NOTHING: Mapping[int, int] = MappingProxyType({})
"""Nobody gave any answers."""


def supervise(
    events: Sequence[PersonEvent],
    answers: Sequence[ControlAnswer],
    flags: Sequence[Flag],
    quality: QualitySettings,
    at: datetime,
    peers: PeerVotes = NO_PEERS,
    given: Mapping[int, int] = NOTHING,
) -> list[PersonEvent]:
    """Return what becomes of people now; nothing, where all stays as it is.

    Args:
        events: All that became of them so far.
        answers: Everybody's answers to control tasks.
        flags: What rules say of them.
        quality: The settings.
        at: The moment.
        peers: What peers said blind of the same items.
        given: How many ordinary answers each person gave, by user.

    Returns:
        At most one event a person, by user. Asked again with them among the events: none.
    """
    states = states_of(events)
    found_in = (answers, flags, peers.votes)
    workers = {*states, *(one.worker for source in found_in for one in source)}
    look = _Look(events, answers, flags, quality, at, peers, given)
    asked = (worker for worker in sorted(workers) if state_of(states, worker) in ASKED)
    found = (look.change(worker, state_of(states, worker)) for worker in asked)
    return [one for one in found if one is not None]


def tested_since(events: Sequence[PersonEvent], worker: int) -> datetime | None:
    """Return when somebody's test began: when an admin last resumed them; None: with their work.

    Args:
        events: All that became of people.
        worker: The user.
    """
    resumed = (
        one.at
        for one in events
        if one.worker == worker and one.state == "active" and one.by is not None
    )
    return max(resumed, default=None)


@dataclass(frozen=True, slots=True)
class _Look:
    """All that is looked at; see `supervise`."""

    events: Sequence[PersonEvent]
    answers: Sequence[ControlAnswer]
    flags: Sequence[Flag]
    quality: QualitySettings
    at: datetime
    peers: PeerVotes
    given: Mapping[int, int]

    def change(self, worker: int, state: PersonState) -> PersonEvent | None:
        """Return what becomes of somebody who is asked; None: nothing new."""
        quality, since = self.quality, tested_since(self.events, worker)
        skill = skill_evidence(self.answers, worker, quality.good, since, self.peers)
        numbers = skill.as_json(quality.good, quality.wrongly_paused)
        is_proved = skill.nats >= -log(quality.wrongly_paused)
        if is_proved and quality.pause:
            reason = f"{skill}: proved to be below {quality.good:.0%}"
            return next_event(self.events, worker, "paused", reason, self.at, evidence=numbers)
        flagged = [] if since is not None else self._flagged(worker)
        doubt = _doubt(skill, quality.good, is_proved, is_watched=state == "watched")
        told = {
            **numbers,
            "flags": [[one.line, one.p_value] for one in flagged],
            "rules": sorted({one.rule for one in flagged}),
            "answers": self.given.get(worker, 0),
        }
        became: PersonState
        if state == "watched":
            became, why = "active", None if doubt else self._over(worker, bool(flagged))
        else:
            heard = self._heard(worker)
            lines = [one.line for one in flagged if one.rule not in heard]
            became, why = "watched", "; ".join([*([doubt] if doubt else []), *lines])
        return next_event(self.events, worker, became, why, self.at, evidence=told) if why else None

    def _flagged(self, worker: int) -> list[Flag]:
        """Return the flags of somebody that stand."""
        limit = self.quality.false_discoveries
        return [one for one in self.flags if one.worker == worker and one.p_value <= limit]

    def _heard(self, worker: int) -> set[str]:
        """Return the rules that flagged somebody when a watch of theirs began or ended."""
        own = [one.evidence for one in self.events if one.worker == worker and one.evidence]
        return {rule for evidence in own for rule in evidence.get("rules", ())}

    def _over(self, worker: int, is_flagged: bool) -> str | None:
        """Say why somebody need be watched no more; None: the watch goes on."""
        begun = states_of(self.events)[worker]
        good = self.quality.good
        known = skill_evidence(self.answers, worker, good, begun.at)
        if known.controls >= ENOUGH and known.known.probability_above(good) >= TRUSTED:
            return f"known answers speak for them since the watch began: {known}"
        before, now = (begun.evidence or {}).get("answers", 0), self.given.get(worker, 0)
        if is_flagged or now < 2 * max(before, 1):
            return None
        return f"nothing is in doubt any more, {now - before} answers after the watch began"


def _doubt(skill: SkillEvidence, good: float, is_proved: bool, *, is_watched: bool) -> str | None:
    """Say why somebody's skill is in doubt; None: it is not."""
    if is_proved:
        return f"{skill}: proved to be below {good:.0%}, and `quality.pause` is false"
    if skill.controls < FEWEST:
        return None
    probability = skill.known.probability_above(good)
    if probability >= (TRUSTED if is_watched else DOUBTED):
        return None
    return f"{skill}: at least {good:.0%} is only {probability:.0%} probable"
