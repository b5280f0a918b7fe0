"""The bank as a look shows it: the control tasks, and what people first said of them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from routing.control_tasks.answers import unrecorded
from routing.ledger import Ledger
from routing.ledger.control_tasks import (
    ControlTask,
    FirstAnswer,
    control_tasks,
    first_answers,
)
from routing.ledger.records import LedgerState


@dataclass(frozen=True, slots=True)
class Bank:
    """The control tasks of a project, and who has met them.

    Attributes:
        controls: The control tasks, retired ones too, by their numbers.
        given: All first answers to them.
        unrecorded: Those of `given` that were seen since answers were last recorded.
        shown: Pairs of a control task's number and of a user whom the training shows it, or whom
            the exam asks it.
        is_changed: Whether anything became known of control tasks just now, which answers so far
            are to be held against.
    """

    controls: Sequence[ControlTask] = ()
    given: Sequence[FirstAnswer] = ()
    unrecorded: Sequence[FirstAnswer] = ()
    shown: frozenset[tuple[int, int]] = frozenset()
    is_changed: bool = False

    def seen_in(self, blind_project: LedgerState | None) -> "Bank":
        """Return the bank with what people said in the blind project since it was last recorded.

        Args:
            blind_project: What is known of the blind project; None: there is none.
        """
        new = unrecorded(self.controls, blind_project, self.given)
        if not new:
            return self
        return replace(self, given=[*self.given, *new], unrecorded=[*self.unrecorded, *new])


def recorded_bank(ledger: Ledger) -> Bank:
    """Return the bank as the ledger has it.

    Args:
        ledger: The main project's.
    """
    known = control_tasks(ledger)
    return Bank(known, first_answers(ledger)) if known else Bank()
