"""`Paragraphs`: a dialogue, read as its lines, `Name: utterance`.

Label Studio's page stores a span as the paragraphs where it begins and ends, from 0 on, written
as strings (it shows no region whose paragraphs are numbers), and its offsets in their utterances in
UTF-16 code units. Names cannot be marked; a span over several paragraphs holds those between.
Source: https://labelstud.io/tags/paragraphs, and the page's `Paragraphs/HtxParagraphs.jsx`.
"""

import re
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any, ClassVar, Self

from typing_extensions import override

from labeling.answers.types import canonical_json, content_of
from labeling.errors import AnswerError, LabelConfigError, TaskError
from labeling.objects.base import ObjectTag, Value, checked, require_in_the_task, units_in
from labeling.objects.value import ValueExpression

_VISIBLE = re.compile(r"\S")


@dataclass(frozen=True, slots=True)
class Line:
    """A paragraph as a line of the text.

    Attributes:
        start: Where it begins in the text.
        name: Who says it, with what stands between that and the utterance.
        utterance: What is said.
    """

    start: int
    name: str
    utterance: str

    @property
    def utterance_start(self) -> int:
        """Where the utterance begins in the text."""
        return self.start + len(self.name)

    @property
    def end(self) -> int:
        """Where it ends in the text."""
        return self.utterance_start + len(self.utterance)


@dataclass(frozen=True, slots=True)
class Paragraphs(ObjectTag):
    """A `Paragraphs` tag whose data stand in the task.

    Attributes:
        value: See `ObjectTag`.
        name_key: The key of a paragraph that holds who says it.
        text_key: The one that holds what is said.
    """

    tag: ClassVar[str] = "Paragraphs"

    value: ValueExpression
    name_key: str = "author"
    text_key: str = "text"

    @classmethod
    @override
    def parse(cls, value: ValueExpression, attributes: Mapping[str, str]) -> Self:
        """Read a `Paragraphs` tag.

        Raises:
            LabelConfigError: Its data are behind an address, of several variables, or sorted by
                their times.
        """
        require_in_the_task(attributes, "json")
        if attributes.get("contextscroll", "false").lower() == "true":
            raise LabelConfigError("its paragraphs are sorted by their times (contextScroll)")
        if not value.is_variable:
            raise LabelConfigError("its value is more than one variable")
        keys = (attributes.get(key) or None for key in ("namekey", "textkey"))
        return cls(value, *(key or own for key, own in zip(keys, ("author", "text"), strict=True)))

    @override
    def content_in(self, data: Mapping[str, Any]) -> str:
        """Write names and utterances as JSON; what else a paragraph holds is not shown."""
        paragraphs = self.value.of(data)
        if not isinstance(paragraphs, list):
            raise TaskError(
                f"The task's field {self.value.name!r} is not a list of paragraphs",
                hint="Put the paragraphs themselves into the task's data.",
            )
        pairs = [self._pair(paragraph) for paragraph in paragraphs]
        checked(" ".join(utterance for _, utterance in pairs), self.value.name)
        return checked(
            canonical_json(
                [{self.name_key: name, self.text_key: utterance} for name, utterance in pairs]
            ),
            self.value.name,
        )

    @override
    def data_of(self, content: str) -> dict[str, Any]:
        """Return the list of paragraphs as its field."""
        return {self.value.name: content_of(content)}

    @override
    def text_of(self, content: str) -> str:
        """Return a line for each paragraph; one whose utterance has lines is as many."""
        return "\n".join(line.name + line.utterance for line in self._lines(content))

    @override
    def markable(self, content: str) -> str:
        """Return the text without its names."""
        return "\n".join(
            _VISIBLE.sub(" ", line.name) + line.utterance for line in self._lines(content)
        )

    @override
    def to_stored_offsets(self, value: Value, content: str) -> Value:
        """Write a span by the paragraphs where it begins and ends."""
        lines = self._lines(content)
        (first, begin), (last, behind) = (
            _spot(lines, value["start"]),
            _spot(lines, value["end"] - 1),
        )
        utterance = lines[last].utterance
        return {
            **value,
            "start": str(first),
            "end": str(last),
            "startOffset": units_in(lines[first].utterance[:begin]),
            "endOffset": units_in(utterance[: behind + 1]),
        }

    @override
    def from_stored_offsets(self, value: Value, content: str) -> Value:
        """Read a span by the paragraphs where it begins and ends."""
        lines = self._lines(content)
        first, start = _place(lines, value.get("start"), value.get("startOffset"))
        last, end = _place(lines, value.get("end"), value.get("endOffset"))
        # Where nothing more is said of a line, a span begins or ends with another one.
        while start == lines[first].end and first < last:
            first, start = first + 1, lines[first + 1].utterance_start
        while end == lines[last].utterance_start and first < last:
            last, end = last - 1, lines[last - 1].end
        return {**value, "start": start, "end": end}

    def _pair(self, paragraph: Any) -> tuple[str, str]:
        if not isinstance(paragraph, Mapping) or self.text_key not in paragraph:
            raise TaskError(
                f"A paragraph of the task's field {self.value.name!r} has no {self.text_key!r}",
                hint="Name its key as the textKey of the Paragraphs tag.",
            )
        return self._said(paragraph.get(self.name_key)), self._said(paragraph[self.text_key])

    def _said(self, value: Any) -> str:
        """Read a name or an utterance as Label Studio shows it: null as nothing."""
        if value is None:
            return ""
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            raise TaskError(
                f"A paragraph of the task's field {self.value.name!r} holds what is no text"
            )
        return str(value)

    def _lines(self, content: str) -> Sequence[Line]:
        try:
            pairs = [(one[self.name_key], one[self.text_key]) for one in content_of(content)]
            names = [f"{name}: " if name.strip() else "" for name, _ in pairs]
            lengths = [
                len(name) + len(utterance) + 1
                for name, (_, utterance) in zip(names, pairs, strict=True)
            ]
        except (AnswerError, AttributeError, KeyError, TypeError) as error:
            raise TaskError("This is no list of paragraphs") from error
        starts = accumulate(lengths, initial=0)
        # There is one more start than lines: where another line would begin.
        return [
            Line(start, name, utterance)
            for start, name, (_, utterance) in zip(starts, names, pairs, strict=False)
        ]


def _spot(lines: Sequence[Line], place: int) -> tuple[int, int]:
    """Return the line that a character stands in, from 0 on, and its place in the utterance.

    Raises:
        AnswerError: It stands in a name, or between two lines.
    """
    at = bisect_right(lines, place, key=lambda line: line.start) - 1
    if at < 0 or not lines[at].utterance_start <= place < lines[at].end:
        raise AnswerError("A span begins or ends outside of what is said, and cannot be marked")
    return at, place - lines[at].utterance_start


def _place(lines: Sequence[Line], line: object, units: object) -> tuple[int, int]:
    """Return the line, from 0 on, and where an offset into what it says stands in the text.

    The offset is in UTF-16 code units.

    Raises:
        AnswerError: There is no such line, or no such place in it.
    """
    is_line = isinstance(line, str | int) and str(line).isdecimal() and int(line) < len(lines)
    if not is_line or type(units) is not int:
        raise AnswerError("A region stands in no paragraph of the task")
    at = int(str(line))
    before = lines[at].utterance.encode("utf-16-le", "surrogatepass")[: 2 * max(units, 0)]
    if len(before) != 2 * units:
        raise AnswerError("A region ends behind its paragraph's end")
    return at, lines[at].utterance_start + len(before.decode("utf-16-le", "surrogatepass"))
