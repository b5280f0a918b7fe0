"""What is asked of each labelled span: `Choices` and others with `perRegion`, beside `Labels`.

In a result, what is said of a span is an entry of its own, with the id and the place of the
span's region. Source: https://labelstud.io/tags/choices, and the page's `regions/Result.js`.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from typing_extensions import override

from labeling.answers.types import (
    AnswerType,
    Span,
    canonical_json,
    canonical_regions,
    regions_of,
    spans_of,
)
from labeling.controls.base import Candidate, Control, Region
from labeling.controls.choices import Choices
from labeling.controls.elements import is_true, left
from labeling.controls.labels import Labels
from labeling.controls.number import Number
from labeling.controls.rating import Rating
from labeling.controls.taxonomy import Taxonomy
from labeling.controls.textarea import TextArea
from labeling.errors import AnswerError

_ASKED: Mapping[str, type[Control]] = {
    control.tag: control for control in (Choices, Taxonomy, Rating, Number, TextArea)
}
"""What can be asked of a span, by the name of its tag."""


@dataclass(frozen=True)
class OfRegions(Control):
    """A control that is answered for each span that another one labels.

    Where it is required, each such span needs an answer, so that of no span none is needed.

    Attributes:
        of_each: What is asked of each.
        marks: What labels them.
        labels: The labels whose spans it is asked of, as they are stored.
    """

    from_name: str
    to_name: str
    required: bool
    of_each: Control
    marks: Labels
    labels: frozenset[str]

    @classmethod
    @override
    def parse(
        cls, tag: Element, marks: Labels | None = None, labels: frozenset[str] = frozenset()
    ) -> "OfRegions":
        """Read a tag.

        Args:
            tag: With `perRegion`.
            marks: See the class.
            labels: See the class.

        Returns:
            The control.

        Raises:
            LabelConfigError: It cannot be asked of spans, or nothing marks any.
        """
        if tag.tag not in _ASKED:
            raise left(tag, f"no {tag.tag} is asked of spans")
        of_whole = Element(tag.tag, {k: v for k, v in tag.attrib.items() if k != "perregion"})
        of_whole.extend(tag)
        of_each = _ASKED[tag.tag].parse(of_whole)
        if marks is None or marks.to_name != of_each.to_name:
            raise left(tag, "it is asked of each region, and no one control marks them")
        required = is_true(tag, "required")
        return cls(of_each.from_name, of_each.to_name, required, of_each, marks, labels)

    @property
    def tag(self) -> str:  # type: ignore[override]  # it depends on what is asked
        """The tag's name in the label config."""
        return self.of_each.tag

    @property
    def inner(self) -> Control:
        """What is asked of each span."""
        return self.of_each

    @property
    def answer_type(self) -> AnswerType:
        """What is said of each span."""
        return AnswerType.REGIONS

    @property
    def candidates(self) -> tuple[Candidate, ...]:
        """What an engine scores for each span."""
        return self.of_each.candidates

    @override
    def encode(self, answer: str, text: str = "") -> list[Region]:
        """Write what is said of each span beside its region, which `marks` writes."""
        regions = regions_of(answer)
        if canonical_regions(regions) != answer:
            raise self._refusal(answer)
        return [
            region
            for span, said in regions.items()
            for region in self._beside(span, self.of_each.encode(said, text), text)
        ]

    @override
    def decode(self, regions: Sequence[Region]) -> str | None:
        """Read what is said of each span; None where one lacks an answer that is required.

        What is said of anything but a span that is asked about is left out.
        """
        own = defaultdict(list)
        for region in regions:
            if isinstance(region, Mapping) and region.get("from_name") == self.from_name:
                own[region.get("id")].append(region)
        said: dict[Span, str] = {}
        for span, name in self._marked(regions):
            answer = self.of_each.decode(own[name])
            if answer is None and self.required:
                return None
            if answer is not None and said.setdefault(span, answer) != answer:
                raise AnswerError(f"{list(span)} has two answers of {self.from_name!r}")
        return canonical_regions(said)

    def asked_in(self, marked: str) -> list[Span]:
        """Return the spans that it is asked of, out of an answer of `marks`.

        Raises:
            AnswerError: It is none.
        """
        return [span for span in spans_of(marked) if span[2] in self.labels]

    def within(self, answer: str, marked: str) -> str:
        """Leave out what is said of spans that are not in an answer of `marks`.

        Args:
            answer: An answer of this control.
            marked: An answer of `marks`.

        Returns:
            The answer, less what is said of other spans.

        Raises:
            AnswerError: It is no answer, or that is none.
        """
        asked = {*self.asked_in(marked)}
        return canonical_regions({s: said for s, said in regions_of(answer).items() if s in asked})

    def _beside(self, span: Span, said: Sequence[Region], text: str) -> Iterator[Region]:
        """Put what is said of a span beside its region.

        Raises:
            AnswerError: It is not asked of such a span.
        """
        if span[2] not in self.labels:
            raise self._refusal(list(span))
        [marked] = self.marks.encode(canonical_json([span]), text)
        place = {key: told for key, told in marked["value"].items() if key != marked["type"]}
        for region in said:
            yield {**region, "id": marked["id"], "value": {**place, **region["value"]}}

    def _marked(self, regions: Sequence[Region]) -> Iterator[tuple[Span, str]]:
        """Return the spans that are asked about, with the ids of their regions."""
        for region in regions:
            if isinstance(region, Mapping) and isinstance(region.get("id"), str):
                for span in self.asked_in(self.marks.decode([region]) or "[]"):
                    yield span, region["id"]
