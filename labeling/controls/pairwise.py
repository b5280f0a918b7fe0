"""`Pairwise`: which of two is better."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar
from xml.etree.ElementTree import Element

from typing_extensions import override

from labeling.answers.types import AnswerType
from labeling.controls.base import Candidate, Control, Region
from labeling.controls.elements import broken, is_true, name_of, objects_of, require_one_answer


@dataclass(frozen=True)
class Pairwise(Control):
    """A `Pairwise` tag.

    Source: https://labelstud.io/tags/pairwise

    Attributes:
        to_name: The object on the left.
        right_name: The object on the right.
    """

    tag: ClassVar[str] = "Pairwise"

    from_name: str
    to_name: str
    right_name: str
    required: bool

    @classmethod
    @override
    def parse(cls, tag: Element) -> "Pairwise":
        """Read a `Pairwise` tag.

        Raises:
            LabelConfigError: It is broken, or asked of regions.
        """
        require_one_answer(tag)
        objects = objects_of(tag)
        if len(set(objects)) != 2 or len(objects) != 2:
            raise broken(
                tag, "A Pairwise tag compares two objects", 'Name them: toName="first,second".'
            )
        return cls(name_of(tag), *objects, required=is_true(tag, "required"))

    @property
    def to_names(self) -> tuple[str, ...]:
        """The object on the left, and the one on the right."""
        return (self.to_name, self.right_name)

    @property
    def answer_type(self) -> AnswerType:
        """Which of two is better."""
        return AnswerType.PAIR

    @property
    def candidates(self) -> tuple[Candidate, ...]:
        """Left, then right: the only two words that Label Studio stores."""
        return (Candidate("left", "left"), Candidate("right", "right"))

    @override
    def encode(self, answer: str, text: str = "") -> list[Region]:
        """Write the better side as one region of type `pairwise`.

        It names the object on the left. Label Studio's page writes the control's own name there,
        which the check of imported predictions refuses; the page reads either.
        """
        return [self._region({"selected": self._known(answer)})]

    @override
    def decode(self, regions: Sequence[Region]) -> str | None:
        """Read the better side; None where neither was picked."""
        side = self._content(regions, "selected")
        return None if side is None else self._known(side)
