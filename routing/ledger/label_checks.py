"""Suspected labels that `tandem check` gave to people, each check recorded with its decisions."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import select

from routing.ledger.database import add, writing
from routing.ledger.ledger import Ledger
from routing.ledger.records import Decision
from routing.ledger.schema import DecisionRow, LabelCheckRow


@dataclass(frozen=True, slots=True)
class PickedLabel:
    """A label that stood, and that people were asked about again.

    Attributes:
        task: Its task.
        label: The label that stood, the form's answer.
        probability: The probability that it is wrong, as it was suspected then.
        is_random: Whether it was picked at random, not as one of the most suspect.
    """

    task: int
    label: str
    probability: float
    is_random: bool


@dataclass(frozen=True, slots=True)
class LabelCheck:
    """What one check gave to people.

    Attributes:
        number: 1 for a project's first check, then counting up.
        at: When it was.
        picks: The labels that were given to people.
        others: How many labels were never given, by the probability that they are wrong.
    """

    number: int
    at: datetime
    picks: Sequence[PickedLabel]
    others: Mapping[float, int]


def label_checks(ledger: Ledger) -> list[LabelCheck]:
    """Return a project's checks, the first one first."""
    table = LabelCheckRow
    columns = select(table.number, table.at, table.picks, table.others)
    with ledger.engine.connect() as connection:
        rows = connection.execute(
            columns.where(table.project == ledger.project).order_by(table.number)
        ).all()
    return [
        LabelCheck(
            row.number,
            row.at,
            [PickedLabel(**pick) for pick in row.picks],
            {float(probability): count for probability, count in row.others.items()},
        )
        for row in rows
    ]


def record_label_check(ledger: Ledger, check: LabelCheck, decisions: Sequence[Decision]) -> None:
    """Record a check and the decisions that it makes, both or neither; what is there stays.

    Args:
        ledger: The ledger.
        check: The check.
        decisions: One for each of its picks.
    """
    row = {
        "number": check.number,
        "at": check.at,
        "picks": [asdict(pick) for pick in check.picks],
        "others": {str(probability): count for probability, count in check.others.items()},
    }
    with writing(ledger.engine) as connection:
        add(connection, LabelCheckRow, ledger.project, [row])
        add(connection, DecisionRow, ledger.project, [asdict(one) for one in decisions])
