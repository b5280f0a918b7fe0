"""Answers for people's programs: what an answer says, in JSON's types, by its answer type."""

from typing import Any

from labeling.answers.similarity import number_of, step_of
from labeling.answers.types import AnswerType, Span, paths_of, regions_of, spans_of, strings_of


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
