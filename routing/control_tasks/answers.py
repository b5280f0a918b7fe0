"""What people said of control tasks: the first answer of each, held against what is known. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from aggregation.quality.control_answers import ControlAnswer
from labeling.form.equivalence import Equivalence
from routing.control_tasks.judging import is_right
from routing.ledger.control_tasks import ControlTask, FirstAnswer
from routing.ledger.records import LedgerAnnotation, LedgerState


def judged(
    known: Sequence[ControlTask], given: Sequence[FirstAnswer], equivalence: Equivalence
) -> list[ControlAnswer]:
    """Hold first answers against what is known.

    What people make of an answer later changes nothing. A skip is no answer; neither is what cannot
    be read, nor what was said of a control task whose known answer is in doubt.

    Args:
        known: The control tasks.
        given: What people said of them.
        equivalence: The form, and which of its answers say the same.

    Returns:
        The answers that count, by when they were given.
    """
    by_number = {one.number: one for one in known}
    return [
        ControlAnswer(
            worker=one.worker,
            control=one.control,
            answer=one.answer,
            is_right=is_right(equivalence, one.answer, by_number[one.control].accepted),
            probability=by_number[one.control].probability,
            at=one.at,
        )
        for one in sorted(given, key=lambda one: (one.at, one.worker, one.control))
        if one.answer is not None and one.control in by_number and by_number[one.control].counts
    ]


def unrecorded(
    known: Sequence[ControlTask],
    blind_project: LedgerState | None,
    given: Sequence[FirstAnswer] = (),
) -> list[FirstAnswer]:
    """Return what people said of control tasks since it was last recorded.

    Args:
        known: The control tasks.
        blind_project: What is known of the blind project; None: there is none.
        given: What is recorded.

    Returns:
        The first answer of each person to each, as far as it is not among `given`.
    """
    if blind_project is None:
        return []
    numbers = controls_by_task(known, blind_project)
    found = {(one.control, one.worker) for one in given}
    new = []
    for one in sorted(blind_project.annotations, key=lambda one: (one.created_at, one.id)):
        number = numbers.get(one.task)
        if number is None or one.kind != "person" or (number, one.worker_id) in found:
            continue
        found.add((number, one.worker_id))
        new.append(
            FirstAnswer(number, one.worker_id, one.answer, one.was_cancelled, one.created_at)
        )
    return new


def answers_by_control(
    known: Sequence[ControlTask], blind_project: LedgerState | None
) -> list[LedgerAnnotation]:
    """Return the annotations of control tasks, each under the control task's number.

    Args:
        known: The control tasks.
        blind_project: What is known of the blind project; None: there is none.
    """
    if blind_project is None:
        return []
    numbers = controls_by_task(known, blind_project)
    return [
        replace(one, task=numbers[one.task])
        for one in blind_project.annotations
        if one.task in numbers
    ]


def controls_by_task(known: Sequence[ControlTask], blind_project: LedgerState) -> Mapping[int, int]:
    """Return the number of the control task that each task of the blind project stands for.

    Args:
        known: The control tasks.
        blind_project: What is known of the blind project.

    Returns:
        Numbers by the blind project's task; its other tasks are left out.
    """
    by_source = {one.source: one.number for one in known if one.source is not None}
    return {
        task: by_source[one.source]
        for task, one in blind_project.tasks.items()
        if one.source in by_source
    }
