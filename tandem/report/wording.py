"""Items and answers as a page shows them: in words, where the dataset holds JSON."""

from labeling.answers.equivalence import Agreement
from labeling.answers.plain_values import content
from labeling.answers.types import Kind, regions_of
from labeling.controls import Control
from labeling.errors import AnswerError, TaskError


def answer_in_words(agreement: Agreement | None, answer: str, item: str | None) -> str:
    """Write an answer: each control's by its name, a single control's alone.

    Args:
        agreement: The form; None for one class.
        answer: The form's answer. What cannot be read as one is given as it is.
        item: What was asked about, which spans are cut from.
    """
    if agreement is None or agreement.form.is_one_choice:
        return answer
    form = agreement.form
    try:
        said, texts = form.answers(answer), _texts(agreement, item)
        parts = {
            control.from_name: _words(
                control, said[control.from_name], texts.get(control.to_name, "")
            )
            for control in form.controls
            if control.from_name in said
        }
    except AnswerError:
        return answer
    if form.only is not None:
        return parts[form.only.from_name]
    return " · ".join(f"{name}: {words}" for name, words in parts.items())


def item_in_words(agreement: Agreement | None, item: str | None) -> str:
    """Write an item's texts, one below the other; what cannot be read as it is."""
    return "\n".join(_texts(agreement, item).values()) or item or ""


def _texts(agreement: Agreement | None, item: str | None) -> dict[str, str]:
    if agreement is None or item is None:
        return {}
    try:
        return agreement.form.shown(item)
    except TaskError:
        return {}


def _words(control: Control, answer: str, text: str) -> str:
    said = content(control.kind, answer, text, inner=control.inner.kind)
    match control.kind:
        case Kind.SET:
            return ", ".join(said) or "none"
        case Kind.PATHS:
            return ", ".join(" > ".join(path) for path in said) or "none"
        case Kind.SPANS:
            return ", ".join(f"{one['label']} “{one['text']}”" for one in said) or "none"
        case Kind.REGIONS:
            each = regions_of(answer).items()
            words = [
                f"“{text[start:end]}” {_words(control.inner, own, text)}"
                for (start, end, _), own in each
            ]
            return ", ".join(words) or "none"
        case Kind.TEXT:
            return " / ".join(said)
        case _:
            return answer
