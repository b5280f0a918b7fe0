"""The labels that a form offers. Pure."""

from collections.abc import Iterable

from labeling.form.form import Form


def offered_labels(form: Form, given: Iterable[str | None]) -> tuple[str, ...]:
    """Return every answer that a form offers; where answers are open, those that are known.

    Args:
        form: The form.
        given: The answers of people and of the model; None: it says nothing.
    """
    if form.only is not None and form.is_one_choice:
        return tuple(candidate.value for candidate in form.only.candidates)
    return tuple(sorted({answer for answer in given if answer is not None}))
