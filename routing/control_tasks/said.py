"""What was said of a control task, by how many: what somebody decides by. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from labeling.form.equivalence import Equivalence
from routing.control_tasks.judging import is_right
from routing.ledger.control_tasks import ControlTask, FirstAnswer


@dataclass(frozen=True, slots=True)
class Said:
    """An answer to a control task.

    Attributes:
        answer: The answer.
        people: How many said so, or what counts as the same.
        is_accepted: Whether it is known to be right.
    """

    answer: str
    people: int
    is_accepted: bool


@dataclass(frozen=True, slots=True)
class SaidOfControl:
    """All that people first said of a control task.

    Attributes:
        control: The control task.
        said: The answers, the most frequent one first.
        skipped: How many people skipped it.
    """

    control: ControlTask
    said: Sequence[Said]
    skipped: int


def said_of(
    control: ControlTask, given: Iterable[FirstAnswer], equivalence: Equivalence
) -> SaidOfControl:
    """Return what people first said of a control task.

    Args:
        control: The control task.
        given: What people first said of any.
        equivalence: The form, and which of its answers say the same.
    """
    of_control = [one for one in given if one.control == control.number]
    alike: list[list[str]] = []
    for one in of_control:
        if one.answer is None:
            continue
        answer = one.answer
        group = next((it for it in alike if equivalence.is_same_answer(it[0], answer)), None)
        if group is None:
            alike.append([answer])
        else:
            group.append(answer)
    said = [
        Said(group[0], len(group), is_right(equivalence, group[0], control.accepted))
        for group in sorted(alike, key=lambda group: (-len(group), group[0]))
    ]
    return SaidOfControl(control, said, sum(one.was_skipped for one in of_control))
