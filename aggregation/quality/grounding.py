"""Whether an answer stands in the text that it is about, or was made up."""

from collections.abc import Iterable, Mapping

from labeling.answers.folding import folded_words
from labeling.answers.types import AnswerType, spans_of, strings_of
from labeling.controls import Control
from labeling.form.form import Form


def is_grounded(said: Iterable[str], source: str) -> bool:
    """Return whether all that is said occurs in a text, word by word.

    Case, spacing and punctuation make no difference. A summary or a translation is hardly ever
    grounded in this sense, right or wrong; an extract that is not was invented or changed.

    Args:
        said: Texts, such as those that were written, or what spans are said to hold.
        source: The text that they are about.

    Returns:
        Whether each of them occurs in it.

    Examples:
        >>> is_grounded(["the  Cat"], "I saw the cat.")
        True
        >>> is_grounded(["the dog"], "I saw the cat.")
        False
    """
    return all(_occurs(one.strip(), source) for one in said)


def is_answer_grounded(
    form: Form, answers: Mapping[str, str], texts: Mapping[str, str]
) -> bool | None:
    """Return whether all that an answer writes or marks stands in its text.

    Args:
        form: What was asked.
        answers: The answer of each control, by its name.
        texts: What the task shows, by the object that shows it.

    Returns:
        Whether it does; None where nothing is written or marked.
    """
    found = [
        _stands_in(control, answers[control.from_name], texts.get(control.to_name, ""))
        for control in form.controls
        if control.from_name in answers
        and control.answer_type in (AnswerType.TEXT, AnswerType.SPANS)
    ]
    return all(found) if found else None


def _stands_in(control: Control, answer: str, text: str) -> bool:
    if control.answer_type is AnswerType.TEXT:
        return is_grounded(strings_of(answer), text)
    return all(end <= len(text) and text[start:end].strip() for start, end, _ in spans_of(answer))


def _occurs(said: str, source: str) -> bool:
    """Return whether words occur, from word to word where words are written apart."""
    words, known = folded_words(said), folded_words(source)
    if not words:
        return said != "" and said in source
    return f" {words} " in f" {known} " or (not words.isascii() and words in known)
