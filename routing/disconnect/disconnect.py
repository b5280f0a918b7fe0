"""Disconnecting: every part of Tandem that goes is taken off a project, one after the other."""

from collections.abc import Sequence

from routing.disconnect.parts import Part
from routing.ledger import Ledger
from routing.ledger.journal import carry_out


def disconnect(ledger: Ledger, parts: Sequence[Part]) -> None:
    """Take off what goes. Killed anywhere and run again from a new inventory, it ends the same.

    The ledger stays as it is, and works again once the project is connected again.

    Args:
        ledger: The ledger, where the writes are recorded.
        parts: The parts of the project.
    """
    for part in parts:
        if part.goes:
            for step in part.steps:
                carry_out(ledger, step)
    ledger.settle()
    ledger.forget_cursor()
