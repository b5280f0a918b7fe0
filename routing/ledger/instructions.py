"""The instructions that people were given, each from when on."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from routing.ledger.database import add, reading, writing
from routing.ledger.ledger import Ledger
from routing.ledger.schema import InstructionRow


@dataclass(frozen=True, slots=True)
class Instruction:
    """A version of the instruction.

    Attributes:
        number: 1 for a project's first, then counting up.
        text: As Label Studio holds it, which may be HTML; empty: people were told nothing.
        at: When it was first seen.
    """

    number: int
    text: str
    at: datetime


def instructions(ledger: Ledger) -> list[Instruction]:
    """Return all versions of a project's instruction, the first one first."""
    table = InstructionRow
    with reading(ledger.engine) as connection:
        rows = connection.execute(
            select(table.number, table.text, table.at)
            .where(table.project == ledger.project)
            .order_by(table.number)
        ).all()
    return [Instruction(**row._asdict()) for row in rows]


def note_instruction(ledger: Ledger, text: str, at: datetime) -> None:
    """Record a new version of the instruction, where it differs from the last.

    Args:
        ledger: The main project's.
        text: What people are told now.
        at: The moment.
    """
    known = instructions(ledger)
    if known and known[-1].text == text:
        return
    row = {"number": len(known) + 1, "text": text, "at": at}
    with writing(ledger.engine) as connection:
        add(connection, InstructionRow, ledger.project, [row])
