"""Answers to control tasks as votes, from which the consensus learns how good people are. Pure."""

from collections.abc import Iterable, Mapping, Sequence

from aggregation.control_votes import NO_CONTROLS, ControlVotes
from aggregation.quality.control_answers import ControlAnswer
from aggregation.votes import Answer
from routing.ledger.control_tasks import ControlTask
from routing.ledger.records import LedgerAnnotation


def control_votes(
    answers: Sequence[ControlAnswer], known: Sequence[ControlTask], names: Mapping[int, str]
) -> ControlVotes:
    """Return what people said of control tasks whose answer is certain.

    What is known by people's own agreement is left out: the consensus would learn from itself.

    Args:
        answers: What people said of control tasks.
        known: The control tasks.
        names: What each person's answers are counted under, by user; who answered nothing else is
            left out.

    Returns:
        The votes; a control task has the negative of its number, which is no task's.
    """
    accepted = {one.number: frozenset(one.accepted) for one in known if one.probability == 1}
    counted = [one for one in answers if one.control in accepted and one.worker in names]
    if not counted:
        return NO_CONTROLS
    return ControlVotes(
        [Answer(-one.control, names[one.worker], one.answer, "person", one.at) for one in counted],
        {-one.control: accepted[one.control] for one in counted},
    )


def names_of(annotations: Iterable[LedgerAnnotation]) -> dict[int, str]:
    """Return what each person's answers are counted under, by user."""
    return {one.worker_id: one.worker for one in annotations if one.kind == "person"}
