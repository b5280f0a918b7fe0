"""The table of people: how each stands, how well and fast they work, and what an hour pays."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from rich.table import Table

from routing.snapshot.snapshot import Snapshot
from routing.standing.people import people_standing
from routing.standing.standing import PersonStanding
from routing.work.active_time import TimedAnswer
from routing.work.pay import PersonPay, pay_of
from tandem.pages.formats import money, percent

COLUMNS: dict[str, Literal["left", "right"]] = {
    "name": "left",
    "state": "left",
    "answers": "right",
    "left": "right",
    "controls\nright": "right",
    "skill": "right",
    "speed": "right",
    "pay an\nhour": "right",
    "flags": "right",
}
"""The columns, with the side that each is set to."""


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A person of the table.

    Attributes:
        standing: How they stand.
        pay: What they earned so far, by today's prices.
        currency: What amounts are in.
    """

    standing: PersonStanding
    pay: PersonPay
    currency: str

    def as_json(self) -> dict[str, Any]:
        """Return all that is known, in the form of JSON; pay an hour is null before any work."""
        return {
            **asdict(self.standing),
            "hours": self.pay.hours,
            "earned": str(self.pay.earned),
            "pay_an_hour": self.pay.per_hour,
            "currency": self.currency,
        }


def people_rows(snapshot: Snapshot, work: Sequence[TimedAnswer]) -> list[PersonRow]:
    """Return a row a person: all reviewers, and everybody else of whom something became.

    Args:
        snapshot: The main project's.
        work: All that people did.
    """
    costs, paid = snapshot.settings.costs, snapshot.settings.quality.paid
    return [
        PersonRow(
            one,
            pay_of(
                one.worker,
                [each for each in work if each.answer.worker == one.worker],
                costs,
                paid,
            ),
            costs.currency,
        )
        for one in people_standing(snapshot)
    ]


def table_of(rows: Sequence[PersonRow]) -> Table:
    """Return people as a table for the terminal, one line each."""
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False)
    for name, side in COLUMNS.items():
        table.add_column(name, justify=side, no_wrap=True, vertical="bottom")
    for one in rows:
        table.add_row(*_cells(one))
    return table


def below_fair(rows: Sequence[PersonRow], floor: float | None) -> str | None:
    """Say whose hour pays less than is fair; None: nobody's, or no floor is set.

    Args:
        rows: Everybody.
        floor: The least that an hour should be paid.
    """
    names = [
        one.standing.name
        for one in rows
        if floor is not None and one.pay.per_hour is not None and one.pay.per_hour < floor
    ]
    if floor is None or not names:
        return None
    return (
        f"Below the fair {money(floor, rows[0].currency)} an hour: {', '.join(names)};"
        " `tandem people pay` says why."
    )


def _cells(row: PersonRow) -> list[str]:
    one, per_hour = row.standing, row.pay.per_hour
    return [
        one.name,
        one.state,
        f"{one.answers:,}",
        f"{one.waiting:,}",
        f"{one.right} of {one.controls}" if one.controls else "-",
        _skill(one),
        f"{one.seconds:.0f} s" if one.seconds is not None else "-",
        money(per_hour, row.currency) if per_hour is not None else "-",
        str(len(one.flags)) if one.flags else "-",
    ]


def _skill(one: PersonStanding) -> str:
    if one.skill is None or one.low is None or one.high is None:
        return "-"
    return f"{percent(one.skill)} ({percent(one.low)[:-1]}–{percent(one.high)})"  # noqa: RUF001
