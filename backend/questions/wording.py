"""What a prompt says of a form's questions before the text, once for all of them.

So what stands behind a text, and is read for every text, is short: a title, and no options.
"""

from collections.abc import Iterator, Sequence

from labeling.answers.types import AnswerType
from labeling.controls import Candidate, Control
from labeling.form.form import Form

MOST_LISTED = 40
"""Candidates up to which all are named."""

LIST_EXAMPLE = """Text: The old red car stood between a blue bike and a green door.
Every colour in the text, as a JSON list: ["red", "blue", "green"]
Every animal in the text, as a JSON list: []"""
"""Shows a model what a list of spans looks like, in a form that asks for some."""


def title_of(form: Form, control: Control) -> str:
    """Return what stands over a control, without a colon or full stop at its end.

    Args:
        form: The form.
        control: One of its controls.

    Returns:
        The title; the control's name where it has none.
    """
    title = form.titles.get(control.from_name, control.from_name)
    return title.strip().rstrip(":.").strip()


def question_text(form: Form, control: Control) -> str:
    """Ask a control by its title alone.

    Args:
        form: The form that gives it its title.
        control: The control.

    Returns:
        The title as a question, or before a colon.
    """
    title = title_of(form, control)
    return title if title.endswith(("?", "!")) else f"{title}:"


def preface_of(form: Form) -> str:
    """Describe all that a form asks and that can be described; empty where nothing can.

    Labels of which several may be picked are left out: the answer about one of them must not
    depend on what else can be picked.
    """
    lines = [line for control in form.controls for line in _lines(form, control)]
    asks_for_lists = any(control.answer_type is AnswerType.SPANS for control in form.controls)
    parts = ["\n".join(lines)] if lines else []
    return "\n\n".join([*parts, LIST_EXAMPLE] if asks_for_lists else parts)


def _lines(form: Form, control: Control) -> Iterator[str]:
    candidates = control.candidates
    match control.inner.answer_type:
        case AnswerType.SPANS:
            yield from (f"{one.text}: {one.hint}" for one in candidates if one.hint)
        case AnswerType.SCALE:
            yield f"{question_text(form, control)} From 1 to {len(candidates)}."
        case AnswerType.CLASS | AnswerType.PATHS if len(candidates) <= MOST_LISTED:
            yield f"{question_text(form, control)} {_listed(candidates)}."


def _listed(candidates: Sequence[Candidate]) -> str:
    return ", ".join(f"{one.text} ({one.hint})" if one.hint else one.text for one in candidates)
