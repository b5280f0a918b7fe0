"""What a training project tells people: above an item, below it, and at the end. Pure."""

from collections.abc import Mapping, Sequence
from html import escape

from labeling.answers.plain_values import content
from labeling.answers.types import AnswerType
from labeling.controls import Control
from labeling.errors import AnswerError
from labeling.form.form import Form
from labeling.settings.quality_section import QualitySettings

HEADS: Mapping[str, str] = {
    "training": "Training: answer as you see it, then read what is right.",
    "exam": "Exam: your answer counts, and what is right is not shown.",
}
"""What stands above an item, by its part."""

NO_ANSWER = "In the exam, what is right is not shown."

NOTICES: Mapping[str, str] = {
    "passed": (
        "You are through: your work is in the main project, in the tab with your name."
        " There is nothing to answer here."
    ),
    "failed": (
        "You did not pass this exam, so you are asked nothing more in this project."
        " Please talk to whoever invited you: they can let you in all the same."
        " There is nothing to answer here."
    ),
    "lacking": (
        "There is no exam for you yet: please come back later. There is nothing to answer here."
    ),
}
"""What people are told at the end, by outcome."""


def note_of(form: Form, accepted: Sequence[str], explanation: str | None, text: str) -> str:
    """Say what is right of an item, and why.

    Args:
        form: What is asked.
        accepted: The answers that are right; any of them.
        explanation: Why; None: nobody said.
        text: What the item shows, which marks are cut from.
    """
    said = ", or ".join(in_words(form, one, text) for one in accepted)
    return "\n".join(filter(None, [f"Right: {said}", explanation]))


def in_words(form: Form, answer: str, text: str) -> str:
    """Return an answer as people say it: what they see on the page, not what is stored.

    Args:
        form: What is asked.
        answer: The form's answer.
        text: What the item shows.
    """
    answers, shown = form.answers(answer), form.shown(text) if text else {}
    said = {
        one.from_name: _said(one, answers[one.from_name], shown.get(one.to_name, ""))
        for one in form.controls
        if one.from_name in answers
    }
    if len(form.controls) == 1:
        return next(iter(said.values()), "")
    return "; ".join(f"{form.titles.get(name) or name}: {one}" for name, one in said.items())


def instruction_of(quality: QualitySettings) -> str:
    """Return what the training project's instruction adds to the main one's, in HTML.

    Args:
        quality: The settings: what is asked.
    """
    told = []
    if quality.training in ("training", "both"):
        told.append(
            f"Training: {quality.training_items} items. Answer each as you see it; then what is"
            " right, and why, is shown below, and you submit."
        )
    if quality.training in ("exam", "both"):
        told.append(
            f"Exam: at most {quality.exam_controls} items, a few at a time, without the right"
            " answers. It ends as soon as the result is clear."
        )
        if quality.exam_retries:
            told.append(
                f"Who does not pass may try again {_times(quality.exam_retries)}, with other items."
            )
    told.append("Open the tab with your name; more items, or the result, come into it.")
    return "\n".join(f"<p>{escape(one, quote=False)}</p>" for one in told)


def _times(number: int) -> str:
    return "once" if number == 1 else f"{number} times"


def _said(control: Control, answer: str, text: str) -> str:
    titles = {one.value: one.text for one in control.inner.candidates}
    try:
        found = content(control.answer_type, answer, text, inner=control.inner.answer_type)
    except AnswerError:
        return answer
    match control.answer_type:
        case AnswerType.SPANS | AnswerType.REGIONS:
            marked = [
                f"“{one['text']}” {titles.get(one['label'], one['label'])}"
                + (f" ({one['answer']})" if "answer" in one else "")
                for one in found
            ]
            return ", ".join(marked) or "nothing"
        case AnswerType.PATHS:
            return ", ".join(" → ".join(path) for path in found) or "nothing"
        case AnswerType.SET | AnswerType.TEXT:
            return ", ".join(titles.get(one, one) for one in found) or "nothing"
        case _:
            return titles.get(str(found), str(found))
