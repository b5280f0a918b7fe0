"""`Labels`, and the tags of its kind for other objects than `Text`: labelled spans of a text.

How a span is stored, its object says; see `labeling.objects`. Of a `Text`, Label Studio counts
code points, as Python does, and counts each of a carriage return and a line feed as one:
`text[start:end]` is what the page highlights, and no offset is converted.
Source: https://labelstud.io/tags/text, and the page's `RichText/domManager.ts`.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar
from xml.etree.ElementTree import Element

from typing_extensions import override

from labeling.answers.types import AnswerType, Span, canonical_json, span_of, spans_of
from labeling.controls.base import Candidate, Control, Region
from labeling.controls.elements import (
    broken,
    candidates_of,
    is_true,
    left,
    name_of,
    objects_of,
    require_one_answer,
    require_own_labels,
)
from labeling.errors import AnswerError
from labeling.hashing import digest_of

_ID_LENGTH = 10
"""Characters of a region's id, as many as Label Studio's page gives."""


@dataclass(frozen=True)
class Labels(Control):
    """A `Labels` tag.

    Source: https://labelstud.io/tags/labels
    """

    tag: ClassVar[str] = "Labels"
    on: ClassVar[frozenset[str]] = frozenset({"Text", "HyperText"})

    from_name: str
    to_name: str
    required: bool
    labels: tuple[Candidate, ...]

    @classmethod
    @override
    def parse(cls, tag: Element) -> "Labels":
        """Read a `Labels` tag.

        Raises:
            LabelConfigError: It is broken, about several objects, or its labels stand in the data.
        """
        require_one_answer(tag)
        require_own_labels(tag)
        if len(objects_of(tag)) > 1:
            raise left(tag, "it is about several objects")
        labels = candidates_of(tag, tag.iter("Label"))
        if not labels:
            raise broken(tag, "it has no labels", "Add <Label value=…/> tags inside it.")
        return cls(name_of(tag), objects_of(tag)[0], is_true(tag, "required"), labels)

    @property
    def answer_type(self) -> AnswerType:
        """Labelled spans of a text."""
        return AnswerType.SPANS

    @property
    def candidates(self) -> tuple[Candidate, ...]:
        """The labels, in the order of the label config."""
        return self.labels

    @override
    def encode(self, answer: str, text: str = "") -> list[Region]:
        """Write each span as a region of the tag's type, with an id that the span alone decides."""
        spans = spans_of(answer)
        if self._written(spans) != answer:
            raise self._refusal(answer)
        return [self._marked(span, text) for span in spans]

    @override
    def decode(self, regions: Sequence[Region]) -> str | None:
        """Read the spans; None where one is required and there is none.

        A region with several labels is as many spans.
        """
        return self._written(span for value in self._own(regions) for span in self._spans(value))

    @property
    def _key(self) -> str:
        """The key of a region's value that holds its labels, which is the region's type."""
        return self.tag.lower()

    def _marked(self, span: Span, text: str) -> Region:
        """Write one span.

        Raises:
            AnswerError: It ends behind the text's end.
        """
        start, end, label = span
        if end > len(text):
            raise AnswerError(f"The span {start} to {end} ends behind the text's end, {len(text)}")
        value = {"start": start, "end": end, "text": text[start:end], self._key: [label]}
        digest = digest_of(canonical_json([self.from_name, *span]))
        return self._region(value, id=digest[:_ID_LENGTH])

    def _spans(self, value: Mapping[str, Any]) -> Iterator[Span]:
        """Read one region's spans.

        Raises:
            AnswerError: It has no labels, or no offsets that can be.
        """
        start, end, labels = (value.get(key) for key in ("start", "end", self._key))
        if not isinstance(labels, list) or not labels:
            raise AnswerError(f"A region of {self.from_name!r} holds no labels")
        for label in labels:
            yield span_of([start, end, label])

    def _written(self, spans: Iterable[Span]) -> str | None:
        distinct = sorted({(start, end, self._known(label)) for start, end, label in spans})
        if self.required and not distinct:
            return None
        return canonical_json(distinct)


class HyperTextLabels(Labels):
    """A `HyperTextLabels` tag.

    Source: https://labelstud.io/tags/hypertextlabels
    """

    tag = "HyperTextLabels"
    on = frozenset({"HyperText"})


class ParagraphLabels(Labels):
    """A `ParagraphLabels` tag.

    Of `Labels` on a `Paragraphs`, Label Studio's page shows what is stored, but lets nobody mark.
    Source: https://labelstud.io/tags/paragraphlabels
    """

    tag = "ParagraphLabels"
    on = frozenset({"Paragraphs"})
