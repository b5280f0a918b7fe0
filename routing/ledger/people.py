"""What became of each person: states, each with its evidence, when, and on whose word."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import select

from routing.ledger.database import add, writing
from routing.ledger.ledger import Ledger
from routing.ledger.schema import PersonEventRow

PersonState = Literal["in training", "active", "watched", "paused", "excluded"]
"""*In training*: asked nothing in the main project yet; *watched*: checked more often; *paused*:
asked nothing new; *excluded*: their answers count no more."""


@dataclass(frozen=True, slots=True)
class PersonEvent:
    """A change of somebody's state.

    Attributes:
        worker: The user.
        number: 1 for a person's first event, then counting up.
        state: What they are from then on.
        by: Whose word it was; None: Tandem's own.
        reason: Why, in one line for the admin.
        evidence: The numbers behind it; None: it is somebody's word alone.
        at: When.
    """

    worker: int
    number: int
    state: PersonState
    by: str | None
    reason: str
    evidence: Mapping[str, Any] | None
    at: datetime


def person_events(ledger: Ledger) -> list[PersonEvent]:
    """Return all that became of a project's people, in the order in which it did."""
    table = PersonEventRow
    columns = select(
        table.worker,
        table.number,
        table.state,
        table.by,
        table.reason,
        table.evidence,
        table.at,
    )
    with ledger.engine.connect() as connection:
        rows = connection.execute(
            columns.where(table.project == ledger.project).order_by(
                table.at, table.worker, table.number
            )
        ).all()
    return [PersonEvent(**row._asdict()) for row in rows]


def record_person_events(ledger: Ledger, events: Sequence[PersonEvent]) -> None:
    """Record changes of people's states; one whose number is there already stays."""
    with writing(ledger.engine) as connection:
        add(connection, PersonEventRow, ledger.project, [asdict(one) for one in events])


def states_of(events: Sequence[PersonEvent]) -> dict[int, PersonEvent]:
    """Return the latest event of each person; who has none is active."""
    return {one.worker: one for one in sorted(events, key=lambda one: (one.worker, one.number))}
