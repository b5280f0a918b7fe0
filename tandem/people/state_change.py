"""The admin's word about a person: paused, resumed or excluded, recorded in the ledger.

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
from routing.reviewers.places import names_of, reviewer_called
from routing.reviewers.users import People, find_people
from tandem.session import Session

Word: TypeAlias = Literal["pause", "resume", "exclude"]

_STATES: dict[Word, PersonState] = {"pause": "paused", "resume": "active", "exclude": "excluded"}

_FOLLOWS: dict[Word, str] = {
    "pause": "is paused: the next `tandem sync` moves on what waits for them; their answers count",
    "resume": "is active again: the next `tandem sync` asks them, and all their answers count",
    "exclude": "is excluded: their answers count no more, and the next `tandem sync` asks others"
    " for what is missing; nothing of theirs in Label Studio is changed",
}


@dataclass(frozen=True, slots=True)
class GivenWord:
    """What came of the admin's word.

    Attributes:
        name: Whom it was about.
        line: What it came to, in one line.
        event: What was recorded; None: they were so already.
    """

    name: str
    line: str
    event: PersonEvent | None


def give_word(session: Session, word: Word, name: str, why: str) -> GivenWord:
    """Record the admin's word about a person.

    Args:
        session: The project, which nobody else works on meanwhile.
        word: The word.
        name: Whom it is about.
        why: Why.

    Returns:
        What came of it.

    Raises:
        TandemError: Nobody is called so, or who is excluded was to be paused.
    """
    people = _people(session)
    worker = _called(people, name)
    known = names_of(people).get(worker, people.users[worker].email)
    events = person_events(session.ledger)
    present, wanted = state_of(states_of(events), worker), _STATES[word]
    if present == wanted:
        return GivenWord(known, f"{known} is {present} already.", None)
    if present == "excluded" and word == "pause":
        raise TandemError(
            f"{known} is excluded, which is more than paused",
            hint=f"Take it back first with `tandem people resume {known}`.",
        )
    by, at = session.studio.me().email, system_clock()
    event = next_event(events, worker, wanted, why, at, by=by)
    record_person_events(session.ledger, [event])
    return GivenWord(known, f"{known} {_FOLLOWS[word]}.", event)


def called(session: Session, name: str) -> int:
    """Return the person who is called so: a reviewer by any name, anybody else by their address.

    Args:
        session: The project.
        name: A first name, a whole name, or an address.

    Raises:
        TandemError: Nobody is called so, or several are.
    """
    return _called(_people(session), name)


def _called(people: People, name: str) -> int:
    by_address = (
        one.id
        for one in people.users.values()
        if one.email.casefold() == name.casefold() and one.id != people.model
    )
    found = reviewer_called(people, name) or next(by_address, None)
    if found is None:
        names = ", ".join(names_of(people).values())
        raise TandemError(
            f"Nobody, or more than one, is called {name!r}",
            hint=f"Name one of the reviewers: {names}." if names else "Give their address.",
        )
    return found


def _people(session: Session) -> People:
    return find_people(session.studio, session.settings, make_model=False)
