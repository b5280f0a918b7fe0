"""Pauses that are taken back since the evidence behind them holds no more. Pure.

A pause of Tandem's own holds as long as what proved it; see `routing.people.supervise`. Where a
known answer was decided otherwise, or counts no more, the evidence is another one, and whoever it
no longer proves to lack the skill is asked again. Answers that are given later never take a pause
back, since the test counts the most evidence at any look. It goes on from where it began: this is
no word for the person, so it does not begin anew. What an admin paused, an admin resumes.
"""

from collections.abc import Sequence
from datetime import datetime
from math import log

from aggregation.quality.control_answers import ControlAnswer
from labeling.settings.quality_section import QualitySettings
from routing.ledger.people import PersonEvent, states_of
from routing.people.evidence import skill_evidence
from routing.people.peers import NO_PEERS, PeerVotes
from routing.people.states import next_event
from routing.people.supervise import tested_since


def taken_back(
    events: Sequence[PersonEvent],
    answers: Sequence[ControlAnswer],
    quality: QualitySettings,
    at: datetime,
    peers: PeerVotes = NO_PEERS,
) -> list[PersonEvent]:
    """Return who is active again, since what is known now no longer proves their pause.

    Args:
        events: All that became of people so far.
        answers: Everybody's answers to control tasks, held against what is known now.
        quality: The settings.
        at: The moment.
        peers: What peers said blind of the same items.

    Returns:
        One event a person, by user. Asked again with them among the events: none.
    """
    found = []
    for worker, last in sorted(states_of(events).items()):
        if last.state != "paused" or last.by is not None:
            continue
        since = tested_since(events, worker)
        skill = skill_evidence(answers, worker, quality.good, since, peers)
        if skill.nats < -log(quality.wrongly_paused):
            reason = f"what is known now no longer proves the pause: {skill}"
            numbers = skill.as_json(quality.good, quality.wrongly_paused)
            found.append(next_event(events, worker, "active", reason, at, evidence=numbers))
    return found
