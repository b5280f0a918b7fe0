"""Answers as strings: equal answers have equal strings, so that all can compare and count them.

An answer that is more than a word is JSON in one canonical form. Which form, its answer type says;
see `AnswerType`.
"""

import json
from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from labeling.errors import AnswerError


class AnswerType(StrEnum):
    """What sort of thing an answer is, and how it is written.

    What aggregates answers, and how far two of them agree, depends on this alone.
    """

    CLASS = "class"
    """One out of a closed set: the value itself, `positive`."""
    SET = "set"
    """Any of a closed set: their values in the label config's order, `["a","b"]`, or `[]`."""
    PATHS = "paths"
    """Places in a tree, each the values from its root, in the label config's order:
    `[["Sports","Football"]]`."""
    SCALE = "scale"
    """A step of a scale from 1 on: its digits, `4`."""
    PAIR = "pair"
    """Which of two is better: `left` or `right`."""
    SPANS = "spans"
    """Spans of a text, by first character, character behind the last, and label:
    `[[0,5,"PER"]]`, sorted, or `[]`."""
    REGIONS = "regions"
    """What is asked of each of such spans: the span, and the answer in the canonical form of
    its own type: `[[0,5,"PER","positive"]]`, sorted, or `[]`."""
    TEXT = "text"
    """Texts that somebody wrote: `["A summary."]`; never none of them."""
    NUMBER = "number"
    """A number, as short as it can be written: `12.5`, `12`, `1e+22`."""


CHOICES = frozenset({AnswerType.CLASS, AnswerType.SCALE, AnswerType.PAIR})
"""Kinds of which every answer is a candidate of the control."""

Span = tuple[int, int, str]
"""First character, character behind the last one, label."""


def canonical_json(content: Any) -> str:
    """Write an answer's content, JSON's types, in the canonical form."""
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def shortest(number: float) -> str:
    """Write a finite number as short as can be, which is the canonical form of `NUMBER`."""
    return repr(number + 0.0).removesuffix(".0")  # -0.0 + 0.0 is 0.0


def content_of(answer: str) -> Any:
    """Read what `canonical_json` wrote.

    Raises:
        AnswerError: It is no JSON.
    """
    try:
        return json.loads(answer)
    except (ValueError, RecursionError) as error:
        raise AnswerError(f"{answer[:100]!r} is not an answer of this control") from error


def spans_of(answer: str) -> list[Span]:
    """Read an answer of `AnswerType.SPANS`.

    Raises:
        AnswerError: It is none.
    """
    content = content_of(answer)
    if not isinstance(content, list):
        raise AnswerError(f"{answer[:100]!r} holds no spans")
    return [span_of(one) for one in content]


def span_of(content: object) -> Span:
    """Read one span out of a list of its three parts.

    Raises:
        AnswerError: It is none.
    """
    match content:
        # bool() is ruled out by its type, since True is an int.
        case [int(start), int(end), str(label)] if bool not in {type(start), type(end)}:
            if 0 <= start < end:
                return start, end, label
    raise AnswerError(f"{repr(content)[:100]} is no span")


def regions_of(answer: str) -> dict[Span, str]:
    """Read an answer of `AnswerType.REGIONS`: what is said of each span.

    Raises:
        AnswerError: It is none, or says two things of one span.
    """
    content = content_of(answer)
    if not isinstance(content, list):
        raise AnswerError(f"{answer[:100]!r} holds no regions")
    regions = dict(_region_of(one) for one in content)
    if len(regions) < len(content):
        raise AnswerError(f"{answer[:100]!r} says two things of one region")
    return regions


def canonical_regions(regions: Mapping[Span, str]) -> str:
    """Write what is said of each span as an answer of `AnswerType.REGIONS`."""
    return canonical_json(sorted([*span, answer] for span, answer in regions.items()))


def paths_of(answer: str) -> list[tuple[str, ...]]:
    """Read an answer of `AnswerType.PATHS`.

    Raises:
        AnswerError: It is none.
    """
    return [tuple(path) for path in _lists(content_of(answer))]


def strings_of(answer: str) -> list[str]:
    """Read an answer of `AnswerType.SET` or `AnswerType.TEXT`.

    Raises:
        AnswerError: It is none.
    """
    [strings] = _lists([content_of(answer)])
    return strings


def _region_of(content: object) -> tuple[Span, str]:
    match content:
        case [start, end, label, str(answer)]:
            return span_of([start, end, label]), answer
    raise AnswerError(f"{repr(content)[:100]} is no region's answer")


def _lists(content: Any) -> list[list[str]]:
    """Return lists of strings, or raise an AnswerError."""
    is_lists = isinstance(content, list) and all(isinstance(one, list) for one in content)
    if not is_lists or not all(isinstance(one, str) for inner in content for one in inner):
        raise AnswerError("This is not an answer of this control: no list of texts")
    return [list(one) for one in content]
