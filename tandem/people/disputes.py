"""The admin's word on a control task whose known answer is in doubt, recorded in the ledger.

Answers so far are held against it at once; what follows for people is done by the next pass.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from labeling.errors import TandemError
from routing.blind_project.control_tasks import keep_bank
from routing.clock import system_clock
from routing.control_tasks.answers import controls_by_task
from routing.control_tasks.decisions import next_decision
from routing.control_tasks.file import read_answer
from routing.control_tasks.said import SaidOfControl, said_of
from routing.ledger.control_decisions import (
    ControlDecision,
    Verdict,
    control_decisions,
    record_control_decisions,
)
from routing.snapshot.snapshot import Snapshot
from routing.standing.compute import project_address
from tandem.session import Session


@dataclass(frozen=True, slots=True)
class Dispute:
    """A control task whose known answer is in doubt.

    Attributes:
        found: The control task, and what was said of it.
        address: Where its item is opened in Label Studio; None: it stands there no more.
    """

    found: SaidOfControl
    address: str | None


def disputes_of(snapshot: Snapshot) -> list[Dispute]:
    """Return the control tasks that wait for a decision, by their numbers.

    Args:
        snapshot: The project.
    """
    known, given = snapshot.bank.controls, snapshot.bank.given
    blind = snapshot.blind_project
    places = controls_by_task(known, blind.state) if blind else {}
    task_of = {number: task for task, number in places.items()}
    return [
        Dispute(
            said_of(one, given, snapshot.facts.equivalence),
            _address(snapshot, task_of.get(one.number)),
        )
        for one in known
        if one.retired_because == "disputed"
    ]


def decide(
    session: Session,
    number: int,
    verdict: Verdict,
    *,
    written: str | None = None,
    place: int | None = None,
) -> ControlDecision:
    """Record the admin's decision on a control task, and hold the answers so far against it.

    Args:
        session: The project, which nobody else works on meanwhile.
        number: The control task's number.
        verdict: What is decided.
        written: The answer that is right too, as a file of known answers has it; None: none, or
            the one at `place`.
        place: Its place among what people said, from 1; None: none.

    Returns:
        What was recorded.

    Raises:
        TandemError: There is no such control task, or no such answer.
    """
    snapshot = session.look()
    control = next((one for one in snapshot.bank.controls if one.number == number), None)
    if control is None:
        raise TandemError(
            f"There is no control task {number}", hint="See their numbers: `tandem people disputes`"
        )
    answer = None
    if written is not None:
        answer = read_answer(written, snapshot.form, snapshot.form.text_of(control.data))
    elif place is not None:
        equivalence = snapshot.facts.equivalence
        said = said_of(control, snapshot.bank.given, equivalence).said
        if not 1 <= place <= len(said):
            raise TandemError(
                f"Of control task {number}, {len(said)} different answers were given, so there is"
                f" no answer {place}",
                hint="See them: `tandem people disputes`",
            )
        answer = said[place - 1].answer
    decision = next_decision(
        control_decisions(session.ledger),
        number,
        verdict,
        answer,
        session.studio.me().email,
        system_clock(),
    )
    record_control_decisions(session.ledger, [decision])
    keep_bank(snapshot)
    return decision


def decisions_on(session: Session, numbers: Sequence[int]) -> list[ControlDecision]:
    """Return what was decided before of some control tasks.

    Args:
        session: The project.
        numbers: The control tasks.
    """
    return [one for one in control_decisions(session.ledger) if one.control in numbers]


def _address(snapshot: Snapshot, task: int | None) -> str | None:
    blind = snapshot.blind_project
    if task is None or blind is None:
        return None
    return f"{project_address(snapshot.settings, blind.project.id)}?task={task}"
