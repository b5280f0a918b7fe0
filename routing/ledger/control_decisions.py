"""What was decided of control tasks whose known answer was in doubt: by whom, and when."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import select

from routing.ledger.database import add, reading, writing
from routing.ledger.ledger import Ledger
from routing.ledger.schema import ControlDecisionRow

Verdict = Literal["keep", "accept", "retire"]
"""*Keep*: what the source says is right, alone; *accept*: another answer is right too; *retire*:
nobody is asked it any more, and what was said of it counts for nothing."""


@dataclass(frozen=True, slots=True)
class ControlDecision:
    """A decision on a control task.

    Attributes:
        control: The control task's number.
        number: 1 for its first decision, then counting up.
        verdict: What was decided.
        answer: What is accepted too, or what an expert said; None: nothing.
        by: Whose word it was.
        at: When.
    """

    control: int
    number: int
    verdict: Verdict
    answer: str | None
    by: str
    at: datetime


def control_decisions(ledger: Ledger) -> list[ControlDecision]:
    """Return all decisions on a project's control tasks, those on each in their order."""
    with reading(ledger.engine) as connection:
        columns = [one for one in ControlDecisionRow.__table__.columns if one.name != "project"]
        rows = connection.execute(
            select(*columns)
            .where(ControlDecisionRow.project == ledger.project)
            .order_by(ControlDecisionRow.control, ControlDecisionRow.number)
        ).all()
    return [ControlDecision(**row._asdict()) for row in rows]


def record_control_decisions(ledger: Ledger, decisions: Sequence[ControlDecision]) -> None:
    """Record decisions; one whose number is there already stays.

    Args:
        ledger: The main project's.
        decisions: The decisions.
    """
    if decisions:
        with writing(ledger.engine) as connection:
            add(connection, ControlDecisionRow, ledger.project, [asdict(one) for one in decisions])
