"""Judging: whether an answer says what is known to be right of an item. Pure."""

from collections.abc import Collection

from labeling.errors import AnswerError
from labeling.form.equivalence import Equivalence


def is_right(equivalence: Equivalence, answer: str, accepted: Collection[str]) -> bool:
    """Return whether an answer says what one of the accepted answers says.

    Only what the accepted answer states is compared, control by control, each as alike as the
    settings ask for. A control that does not count towards a task's error is left out, unless
    nothing else is stated.

    Args:
        equivalence: The form, and which of its answers say the same.
        answer: What somebody said.
        accepted: What is known to be right; any of it.

    Returns:
        Whether it is right; False where it is no answer of the form.
    """
    return any(_says(equivalence, answer, one) for one in accepted)


def _says(equivalence: Equivalence, answer: str, known: str) -> bool:
    if answer == known:
        return True
    try:
        given, stated = equivalence.form.answers(answer), equivalence.form.answers(known)
        controls = [one for one in equivalence.form.controls if one.from_name in stated]
        counting = [one for one in controls if equivalence.counts(one)] or controls
        return bool(counting) and all(
            equivalence.is_same(one, given.get(one.from_name), stated[one.from_name])
            for one in counting
        )
    except AnswerError:
        return False
