"""Items and answers as a page shows them: in words, where the dataset holds JSON."""

from labeling.answers.plain_values import content
from labeling.answers.types import AnswerType, regions_of
from labeling.controls import Control
from labeling.errors import AnswerError, TaskError
from labeling.form.equivalence import Equivalence


def answer_in_words(equivalence: Equivalence | None, answer: str, item: str | None) -> str:
    """Write an answer: each control's by its name, a single control's alone.

    Args:
        equivalence: The form; None for one class.
        answer: The form's answer. What cannot be read as one is given as it is.
        item: What was asked about, which spans are cut from.

    Returns:
        The answer, in words.
    """
    if equivalence is None or equivalence.form.is_one_choice:
        return answer
    form = equivalence.form
    try:
        said, texts = form.answers(answer), _texts(equivalence, item)
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


def part_in_words(
    equivalence: Equivalence | None, control: str, part: str, item: str | None
) -> str:
    """Write a part of a control's answer: a label of a set, a span, or the whole answer.

    Args:
        equivalence: The form; None for one class.
        control: The control's name.
        part: What is written. What cannot be read is given as it is.
        item: What was asked about, which spans are cut from.

    Returns:
        The part, in words.
    """
    asked = equivalence.form.controls if equivalence else ()
    for one in asked:
        if one.from_name == control and one.answer_type not in (AnswerType.SET, AnswerType.CLASS):
            answer = f"[{part}]" if one.answer_type is AnswerType.SPANS else part
            text = _texts(equivalence, item).get(one.to_name, "")
            try:
                return _words(one, answer, text)
            except AnswerError:
                break
    return part


def item_in_words(equivalence: Equivalence | None, item: str | None) -> str:
    """Write an item's texts, one below the other; what cannot be read as it is.

    Args:
        equivalence: Holds the form that the item belongs to.
        item: The item.

    Returns:
        The texts, in words.
    """
    return "\n".join(_texts(equivalence, item).values()) or item or ""


def _texts(equivalence: Equivalence | None, item: str | None) -> dict[str, str]:
    if equivalence is None or item is None:
        return {}
    try:
        return equivalence.form.shown(item)
    except TaskError:
        return {}


def _words(control: Control, answer: str, text: str) -> str:
    said = content(control.answer_type, answer, text, inner=control.inner.answer_type)
    match control.answer_type:
        case AnswerType.SET:
            return ", ".join(said) or "none"
        case AnswerType.PATHS:
            return ", ".join(" > ".join(path) for path in said) or "none"
        case AnswerType.SPANS:
            return ", ".join(f"{one['label']} “{one['text']}”" for one in said) or "none"
        case AnswerType.REGIONS:
            each = regions_of(answer).items()
            words = [
                f"“{text[start:end]}” {_words(control.inner, own, text)}"
                for (start, end, _), own in each
            ]
            return ", ".join(words) or "none"
        case AnswerType.TEXT:
            return " / ".join(said)
        case _:
            return answer
