"""`Rating`: a number of stars."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar
from xml.etree.ElementTree import Element

from typing_extensions import override

from labeling.answers.types import AnswerType
from labeling.controls.base import Candidate, Control, Region
from labeling.controls.elements import count_in, is_true, name_of, objects_of, require_one_answer

DEFAULT_STEPS = 5
"""The stars of a tag that names no `maxRating`."""


@dataclass(frozen=True)
class Rating(Control):
    """A `Rating` tag.

    Source: https://labelstud.io/tags/rating

    Attributes:
        steps: The most stars.
    """

    tag: ClassVar[str] = "Rating"

    from_name: str
    to_name: str
    required: bool
    steps: int

    @classmethod
    @override
    def parse(cls, tag: Element) -> "Rating":
        """Read a `Rating` tag.

        Raises:
            LabelConfigError: It is broken, or asked of regions.
        """
        require_one_answer(tag)
        steps = count_in(tag, "maxRating", least=2) or DEFAULT_STEPS
        return cls(name_of(tag), objects_of(tag)[0], is_true(tag, "required"), steps)

    @property
    def answer_type(self) -> AnswerType:
        """A step of a scale."""
        return AnswerType.SCALE

    @property
    def candidates(self) -> tuple[Candidate, ...]:
        """The steps, from one star up."""
        return tuple(Candidate(str(step), str(step)) for step in range(1, self.steps + 1))

    @override
    def encode(self, answer: str, text: str = "") -> list[Region]:
        """Write the stars as one region of type `rating`."""
        return [self._region({"rating": int(self._known(answer))})]

    @override
    def decode(self, regions: Sequence[Region]) -> str | None:
        """Read the stars; None where there are none, which Label Studio may write as 0."""
        stars = self._content(regions, "rating")
        if stars is None:
            return None
        # type() rather than isinstance(), since True is an int.
        if type(stars) is not int or not 0 <= stars <= self.steps:
            raise self._refusal(stars)
        return str(stars) if stars else None
