"""`Choices`: one, or any, out of a closed set."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar
from xml.etree.ElementTree import Element

from typing_extensions import override

from labeling.answers.types import AnswerType, canonical_json, strings_of
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
    shows_data,
    stated,
)
from labeling.errors import AnswerError


@dataclass(frozen=True)
class Choices(Control):
    """A `Choices` tag, of which its `choice` attribute makes one of the two classes below.

    Source: https://labelstud.io/tags/choices
    """

    tag: ClassVar[str] = "Choices"

    from_name: str
    to_name: str
    required: bool
    choices: tuple[Candidate, ...]

    @classmethod
    @override
    def parse(cls, tag: Element) -> "Choices":
        """Read a `Choices` tag, of which one choice alone may be picked or not, as any of several.

        Raises:
            LabelConfigError: It is broken, or its choices are nested or stand in the data.
        """
        require_one_answer(tag)
        require_own_labels(tag)
        variant = _VARIANTS.get(stated(tag, "choice") or "single")
        if variant is None:
            raise left(tag, f"choice={stated(tag, 'choice')!r} is not known")
        if any(choice.find(".//Choice") is not None for choice in tag.iter("Choice")):
            raise left(tag, "its choices are nested")
        if any(map(shows_data, tag.iter("Choice"))):
            raise left(tag, "one of its choices is read from each task's data")
        choices = candidates_of(tag, tag.iter("Choice"))
        if not choices:
            raise broken(tag, "it has no choices", "Add <Choice value=…/> tags inside it.")
        variant = variant if len(choices) > 1 else MultipleChoice
        return variant(name_of(tag), objects_of(tag)[0], is_true(tag, "required"), choices)

    @property
    def candidates(self) -> tuple[Candidate, ...]:
        """The choices, in the order of the label config."""
        return self.choices


class SingleChoice(Choices):
    """Of which one choice is picked: `choice="single"`, the tag's default."""

    @property
    def answer_type(self) -> AnswerType:
        """One out of a closed set."""
        return AnswerType.CLASS

    @override
    def encode(self, answer: str, text: str = "") -> list[Region]:
        """Write the picked choice as one region of type `choices`."""
        return [self._region({"choices": [self._known(answer)]})]

    @override
    def decode(self, regions: Sequence[Region]) -> str | None:
        """Read the picked choice; None where no choice was picked."""
        picked = self._listed(regions, "choices")
        if len(picked) > 1:
            raise AnswerError(f"{len(picked)} choices where one is asked for {self.from_name!r}")
        return self._known(picked[0]) if picked else None


class MultipleChoice(Choices):
    """Of which any choices are picked: `choice="multiple"`, or a single box that may be ticked."""

    @property
    def answer_type(self) -> AnswerType:
        """Any of a closed set."""
        return AnswerType.SET

    @override
    def encode(self, answer: str, text: str = "") -> list[Region]:
        """Write the picked choices as one region of type `choices`; of none, there is no region."""
        picked = [self._known(value) for value in strings_of(answer)]
        if self._written(picked) != answer:
            raise self._refusal(answer)
        return [self._region({"choices": picked})] if picked else []

    @override
    def decode(self, regions: Sequence[Region]) -> str | None:
        """Read the picked choices; None where one is required and none was picked."""
        return self._written([self._known(value) for value in self._listed(regions, "choices")])

    def _written(self, picked: Sequence[str]) -> str | None:
        if self.required and not picked:
            return None
        return canonical_json([choice.value for choice in self.choices if choice.value in picked])


_VARIANTS: Mapping[str, type[Choices]] = {
    "single": SingleChoice,
    "single-radio": SingleChoice,
    "multiple": MultipleChoice,
}
