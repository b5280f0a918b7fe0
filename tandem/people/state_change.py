"""A change of somebody's state by the admin: paused, resumed or excluded, recorded in the ledger.

What follows from it is done by the next pass.
"""

from dataclasses import dataclass
from typing import Literal, TypeAlias

from labeling.errors import TandemError
from routing.clock import system_clock
from routing.ledger.people import (
    PersonEvent,
    PersonState,
    person_events,
    record_person_events,
    states_of,
)
from routing.people.states import next_event, state_of
from routing.reviewers.places import names_of
from routing.reviewers.users import find_people
from tandem.people.names import person_called
from tandem.session import Session

Change: TypeAlias = Literal["pause", "resume", "exclude"]

_STATES: dict[Change, PersonState] = {
    "pause": "paused",
    "resume": "active",
    "exclude": "excluded",
}

_FOLLOWS: dict[Change, str] = {
    "pause": "is paused: the next `tandem sync` moves on what waits for them; their answers count",
    "resume": "is active again: the next `tandem sync` asks them, and all their answers count",
    "exclude": "is excluded: their answers count no more, and the next `tandem sync` asks others"
    " for what is missing; nothing of theirs in Label Studio is changed",
}


@dataclass(frozen=True, slots=True)
class StateChange:
    """What came of a change.

    Attributes:
        name: Whom it was about.
        line: What it came to, in one line.
        event: What was recorded; None: they were so already.
    """

    name: str
    line: str
    event: PersonEvent | None


def change_state(session: Session, change: Change, name: str, why: str) -> StateChange:
    """Record what the admin makes of a person's state.

    Args:
        session: The project, which nobody else works on meanwhile.
        change: What is done.
        name: Whom it is about.
        why: Why.

    Returns:
        What came of it.

    Raises:
        TandemError: Nobody is called so, or who is excluded was to be paused.
    """
    people = find_people(session.studio, session.settings, make_model=False)
    worker = person_called(people, name)
    known = names_of(people).get(worker, people.users[worker].email)
    events = person_events(session.ledger)
    present, wanted = state_of(states_of(events), worker), _STATES[change]
    if present == wanted:
        return StateChange(known, f"{known} is {present} already.", None)
    if present == "excluded" and change == "pause":
        raise TandemError(
            f"{known} is excluded, which is more than paused",
            hint=f"Take it back first with `tandem people resume {known}`.",
        )
    by, at = session.studio.me().email, system_clock()
    event = next_event(events, worker, wanted, why, at, by=by)
    record_person_events(session.ledger, [event])
    return StateChange(known, f"{known} {_FOLLOWS[change]}.", event)
