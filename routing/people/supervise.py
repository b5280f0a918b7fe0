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
who is asked more control tasks. After an admin's word for them flags do so no more, since nobody
knows whether they are about what was done since. *Excluded* is the admin's word alone.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from math import log

from aggregation.quality.control_answers import ControlAnswer
from labeling.settings.quality_section import QualitySettings
from routing.ledger.people import PersonEvent, states_of
from routing.people.evidence import Flag, SkillEvidence, skill_evidence
from routing.people.peers import NO_PEERS, PeerVotes
from routing.people.states import ASKED, next_event, state_of

FEWEST = 5
"""Answers to control tasks below which nobody is in doubt: everybody misses one."""

DOUBTED = 0.25
"""Below this probability that somebody has the skill that is asked for, they are watched."""

TRUSTED = 0.5
"""Above this one they are watched no more; the gap keeps people from going back and forth."""


def supervise(
    events: Sequence[PersonEvent],
    answers: Sequence[ControlAnswer],
    flags: Sequence[Flag],
    quality: QualitySettings,
    at: datetime,
    peers: PeerVotes = NO_PEERS,
) -> list[PersonEvent]:
    """Return what becomes of people now; nothing, where all stays as it is.

    Args:
        events: All that became of them so far.
        answers: Everybody's answers to control tasks.
        flags: What rules say of them.
        quality: The settings.
        at: The moment.
        peers: What peers said blind of the same items.

    Returns:
        At most one event a person, by user. Asked again with them among the events: none.
    """
    states = states_of(events)
    found_in = (answers, flags, peers.votes)
    workers = {*states, *(one.worker for source in found_in for one in source)}
    found = (
        _change(events, states, worker, answers, flags, quality, at, peers)
        for worker in sorted(workers)
        if state_of(states, worker) in ASKED
    )
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


def _change(
    events: Sequence[PersonEvent],
    states: Mapping[int, PersonEvent],
    worker: int,
    answers: Sequence[ControlAnswer],
    flags: Sequence[Flag],
    quality: QualitySettings,
    at: datetime,
    peers: PeerVotes,
) -> PersonEvent | None:
    """Return what becomes of somebody who is asked; None: nothing new."""
    since = tested_since(events, worker)
    skill = skill_evidence(answers, worker, quality.good, since, peers)
    numbers = skill.as_json(quality.good, quality.wrongly_paused)
    is_proved = skill.nats >= -log(quality.wrongly_paused)
    if is_proved and quality.pause:
        reason = f"{skill}: proved to be below {quality.good:.0%}"
        return next_event(events, worker, "paused", reason, at, evidence=numbers)
    own = [one for one in flags if one.worker == worker and since is None]
    flagged = [one for one in own if one.p_value <= quality.false_discoveries]
    state = state_of(states, worker)
    doubt = _doubt(skill, quality.good, is_proved, is_watched=state == "watched")
    reasons = [*([doubt] if doubt else []), *(one.line for one in flagged)]
    if reasons and state == "active":
        told = {**numbers, "flags": [[one.line, one.p_value] for one in flagged]}
        return next_event(events, worker, "watched", "; ".join(reasons), at, evidence=told)
    if not reasons and state == "watched":
        reason = f"nothing is in doubt any more: {skill}"
        return next_event(events, worker, "active", reason, at, evidence=numbers)
    return None


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
