"""Annotations that are no answer of the form: which, and why."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from labeling.controls import Region
from labeling.errors import AnswerError
from labeling.form.form import Form
from routing.ledger.records import LedgerAnnotation, LedgerState


def unreadable_in(annotations: Iterable[LedgerAnnotation]) -> list[LedgerAnnotation]:
    """Return people's annotations that hold no answer, though nobody skipped the task."""
    return [
        one
        for one in annotations
        if one.answer is None
        and not one.was_cancelled
        and not one.excluded
        and one.kind == "person"
    ]


def unreadable_tasks(state: LedgerState) -> dict[str, list[int]]:
    """Return the tasks whose text cannot be read, by reason, each with its tasks ascending."""
    found: dict[str, list[int]] = {}
    for task, one in sorted(state.tasks.items()):
        if one.unreadable is not None:
            found.setdefault(one.unreadable, []).append(task)
    return found


def reasons_of(
    annotations: Sequence[LedgerAnnotation], texts: Mapping[int, str | None], form: Form
) -> dict[str, int]:
    """Count why annotations cannot be read, the most frequent reason first.

    Args:
        annotations: What cannot be read.
        texts: What their tasks show, by task.
        form: What the label config asks.

    Returns:
        How many there are of each reason.
    """
    reasons = (why_unreadable(form, one.result, texts.get(one.task)) for one in annotations)
    return dict(Counter(filter(None, reasons)).most_common())


def why_unreadable(form: Form, result: Sequence[Region], item: str | None) -> str | None:
    """Return why a result is no answer to an item; None where it is one.

    Args:
        form: What the label config asks.
        result: Label Studio's regions.
        item: What the task shows; None where it cannot be read.

    Returns:
        The reason, in one sentence.
    """
    try:
        answer = form.decode(result, item or "")
    except AnswerError as error:
        return error.what
    return "It leaves out what is asked" if answer is None else None
