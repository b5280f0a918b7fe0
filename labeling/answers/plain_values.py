"""Answers for people's programs, both ways: what an answer says in JSON's types, by its type."""

from math import isfinite
from typing import Any

from labeling.answers.similarity import number_of, step_of
from labeling.answers.types import (
    AnswerType,
    Span,
    canonical_json,
    canonical_regions,
    paths_of,
    regions_of,
    shortest,
    span_of,
    spans_of,
    strings_of,
)
from labeling.errors import AnswerError


def content(
    answer_type: AnswerType, answer: str, text: str = "", *, inner: AnswerType = AnswerType.CLASS
) -> Any:
    """Read what an answer says.

    Args:
        answer_type: The answer's type.
        answer: In the canonical form of its answer type.
        text: What `SPANS` and `REGIONS` are cut from.
        inner: Of `REGIONS`, the answer type of what is said of each.

    Returns:
        A word for `CLASS` and `PAIR`, a list of words for `SET`, a list of lists of words for
        `PATHS`, an int for `SCALE`, a float for `NUMBER`, a list of texts for `TEXT`, and for
        `SPANS` a list of dicts with `start`, `end`, `label`, and the `text` between the two, to
        which `REGIONS` add the `answer`, read likewise.

    Raises:
        AnswerError: It is no answer of that type.
    """
    match answer_type:
        case AnswerType.CLASS | AnswerType.PAIR:
            return answer
        case AnswerType.SET | AnswerType.TEXT:
            return strings_of(answer)
        case AnswerType.PATHS:
            return [list(path) for path in paths_of(answer)]
        case AnswerType.SCALE:
            return step_of(answer)
        case AnswerType.NUMBER:
            return number_of(answer)
        case AnswerType.SPANS:
            return [_span(span, text) for span in spans_of(answer)]
        case AnswerType.REGIONS:
            return [
                {**_span(span, text), "answer": content(inner, inner_answer)}
                for span, inner_answer in regions_of(answer).items()
            ]


def _span(span: Span, text: str) -> dict[str, Any]:
    start, end, label = span
    return {"start": start, "end": end, "label": label, "text": text[start:end]}


def answer_of(answer_type: AnswerType, value: Any, *, inner: AnswerType = AnswerType.CLASS) -> str:
    """Write what an answer says as an answer; what `content` returns comes back as it was.

    A single word stands for a list of one, and a span may also be a list of start, end and label.

    Args:
        answer_type: The answer's type.
        value: What it says, in JSON's types.
        inner: Of `REGIONS`, the answer type of what is said of each.

    Returns:
        The answer, in the canonical form of its answer type, but for the order of a set's labels.

    Raises:
        AnswerError: It says nothing of that type.

    Examples:
        >>> answer_of(AnswerType.SET, ["a", "b"])
        '["a","b"]'
        >>> answer_of(AnswerType.SPANS, [{"start": 0, "end": 5, "label": "PER", "text": "Maria"}])
        '[[0,5,"PER"]]'
    """
    match answer_type, value:
        case (AnswerType.CLASS | AnswerType.PAIR, str()):
            return value
        case (AnswerType.SET | AnswerType.TEXT, str() | list()):
            return canonical_json(_words(value))
        case (AnswerType.PATHS, str() | list()):
            is_nested = isinstance(value, list) and all(isinstance(one, list) for one in value)
            return canonical_json([_words(one) for one in value] if is_nested else [_words(value)])
        case (AnswerType.SCALE, int()) if not isinstance(value, bool):
            return str(value)
        case (AnswerType.NUMBER, int() | float()) if not isinstance(value, bool):
            if isfinite(value):
                return shortest(float(value))
        case (AnswerType.SPANS, list()):
            return canonical_json(sorted(_written_span(one) for one in value))
        case (AnswerType.REGIONS, list()):
            return canonical_regions(
                {_written_span(one): answer_of(inner, _said_of(one)) for one in value}
            )
    raise AnswerError(f"{repr(value)[:100]} is no {_NOUNS[answer_type]}")


_NOUNS = {
    AnswerType.CLASS: "label",
    AnswerType.PAIR: "side",
    AnswerType.SET: "list of labels",
    AnswerType.PATHS: "list of paths",
    AnswerType.SCALE: "step of a scale",
    AnswerType.NUMBER: "number",
    AnswerType.TEXT: "text",
    AnswerType.SPANS: "list of spans",
    AnswerType.REGIONS: "list of spans with an answer",
}


def _words(value: Any) -> list[str]:
    words = [value] if isinstance(value, str) else value
    if not all(isinstance(one, str) for one in words):
        raise AnswerError(f"{repr(value)[:100]} is no list of texts")
    return list(words)


def _written_span(value: Any) -> Span:
    if isinstance(value, dict):
        return span_of([value.get(name) for name in ("start", "end", "label")])
    return span_of(value[:3] if isinstance(value, list) else value)


def _said_of(value: Any) -> Any:
    match value:
        case {"answer": said}:
            return said
        case [_, _, _, said]:
            return said
    raise AnswerError(f"{repr(value)[:100]} says nothing of its span")
