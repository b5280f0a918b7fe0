"""What a person's page says of control tasks: those that nobody is asked any more, and their skill.

One that people are still asked is never shown, nor one whose known answer is in doubt or was taken
back; and none of a task of a promise that is still being checked.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from routing.people.evidence import SkillEvidence, skill_evidence
from routing.people.supervise import tested_since
from routing.snapshot.snapshot import Snapshot
from tandem.people.agreement import item_of_control, kept_back_tasks
from tandem.report.data import Share
from tandem.report.wording import answer_in_words, item_in_words


@dataclass(frozen=True, slots=True)
class UsedUpControl:
    """A control task that nobody is asked any more, as one person answered it.

    Attributes:
        text: What was asked about.
        own: What they said first, in words.
        accepted: What is right, in words; any of it.
        explanation: Why; None: nobody said.
        is_right: Whether they were right.
    """

    text: str
    own: str
    accepted: Sequence[str]
    explanation: str | None
    is_right: bool


def used_up_controls(snapshot: Snapshot, worker: int) -> list[UsedUpControl]:
    """Return what somebody said of control tasks that enough people were asked.

    Args:
        snapshot: The main project's.
        worker: The user.

    Returns:
        Those that they got wrong first, else by when they answered.
    """
    kept_back, equivalence = kept_back_tasks(snapshot), snapshot.facts.equivalence
    shown = {
        one.number: one
        for one in snapshot.bank.controls
        if one.retired_because == "exposures" and one.task not in kept_back
    }
    found = []
    for answer in snapshot.control_answers:
        if answer.worker == worker and (known := shown.get(answer.control)):
            text = item_of_control(snapshot, known)
            found.append(
                UsedUpControl(
                    text=item_in_words(equivalence, text),
                    own=answer_in_words(equivalence, answer.answer, text),
                    accepted=[answer_in_words(equivalence, one, text) for one in known.accepted],
                    explanation=known.explanation,
                    is_right=answer.is_right,
                )
            )
    return sorted(found, key=lambda one: one.is_right)


def skill_by_controls(snapshot: Snapshot, worker: int) -> Share | None:
    """Return the skill that a person's answers to control tasks tell, those still in use too.

    Args:
        snapshot: The main project's.
        worker: The user.

    Returns:
        The expected skill with the interval that holds it with 95%, by how many answers; None:
        they answered none since they were last resumed.
    """
    since = tested_since(snapshot.person_events, worker)
    good = snapshot.settings.quality.good
    known: SkillEvidence = skill_evidence(snapshot.control_answers, worker, good, since)
    if not known.controls:
        return None
    interval = known.known.interval()
    return Share(known.known.mean, interval.low, interval.high, known.controls)
