"""`Choices` with a single choice: one label out of a closed set."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Self

from label_studio_sdk.label_interface.control_tags import ChoicesTag, ControlTag

from labeling.answers import Kind
from labeling.controls.base import Candidate, Control, Region
from labeling.errors import AnswerError, LabelConfigError

_SINGLE = ("single", "single-radio")


@dataclass(frozen=True)
class Choices(Control):
    """A `Choices` tag of which one choice is picked (`choice="single"`, the tag's default).

    Source: https://labelstud.io/tags/choices
    """

    tag: ClassVar[str] = "Choices"

    from_name: str
    to_name: str
    required: bool
    choices: tuple[Candidate, ...]

    @classmethod
    def parse(cls, tag: ControlTag) -> Self | None:
        """Read a `Choices` tag; None for several choices, nested choices and choices from data."""
        attributes: dict[str, str] = tag.attr or {}
        if not isinstance(tag, ChoicesTag) or not tag.name or not tag.to_name:
            return None
        is_single = attributes.get("choice", "single") in _SINGLE
        is_per_region = attributes.get("perRegion", "false").lower() == "true"
        if not is_single or is_per_region or tag.dynamic_value:
            return None
        choices = tuple(
            Candidate(
                value=value, text=choice.attr.get("value", value), hint=choice.attr.get("hint", "")
            )
            for value, choice in (tag.labels_attrs or {}).items()
        )
        if len(choices) < 2:
            raise LabelConfigError(
                "A Choices tag needs at least two choices",
                where=f"Choices {tag.name!r}",
                mend="Add <Choice value=…/> tags inside it.",
            )
        return cls(
            from_name=tag.name,
            to_name=tag.to_name[0],
            required=attributes.get("required", "false").lower() == "true",
            choices=choices,
        )

    @property
    def kind(self) -> Kind:
        """One out of a closed set."""
        return Kind.CLASS

    @property
    def candidates(self) -> tuple[Candidate, ...]:
        """The choices, in the order of the label config."""
        return self.choices

    def encode(self, answer: str, text: str = "") -> list[Region]:  # noqa: ARG002 - the contract's
        """Write the picked choice as one region of type `choices`."""
        if answer not in {choice.value for choice in self.choices}:
            raise AnswerError(f"{answer!r} is not a choice of {self.from_name!r}")
        return [
            {
                "from_name": self.from_name,
                "to_name": self.to_name,
                "type": "choices",
                "value": {"choices": [answer]},
            }
        ]

    def decode(self, regions: Sequence[Region]) -> str | None:
        """Read the picked choice; None where no choice was picked."""
        picked = [
            choice
            for region in regions
            if region.get("from_name") == self.from_name and region.get("type") == "choices"
            for choice in region.get("value", {}).get("choices", [])
        ]
        if not picked:
            return None
        if len(picked) > 1:
            raise AnswerError(f"{len(picked)} choices where one is asked for {self.from_name!r}")
        if picked[0] not in {choice.value for choice in self.choices}:
            raise AnswerError(f"{picked[0]!r} is not a choice of {self.from_name!r}")
        return str(picked[0])
