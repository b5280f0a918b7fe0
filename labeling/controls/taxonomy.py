"""`Taxonomy`: any places in a tree."""

from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from typing import ClassVar
from xml.etree.ElementTree import Element

from typing_extensions import override

from labeling.answers.types import AnswerType, canonical_json, paths_of
from labeling.controls.base import Candidate, Control, Region
from labeling.controls.elements import (
    broken,
    candidates_of,
    count_in,
    is_true,
    left,
    name_of,
    objects_of,
    require_one_answer,
    require_own_labels,
)
from labeling.errors import AnswerError

SEPARATOR = " > "
"""What stands between a place and the one that it lies in, where people read them."""


@dataclass(frozen=True)
class Taxonomy(Control):
    """A `Taxonomy` tag with its tree in the label config.

    Source: https://labelstud.io/tags/taxonomy

    Attributes:
        places: Every place that can be picked, depth first.
        max_usages: How many may be picked at most; None for any number.
    """

    tag: ClassVar[str] = "Taxonomy"

    from_name: str
    to_name: str
    required: bool
    places: tuple[Candidate, ...]
    max_usages: int | None

    @classmethod
    @override
    def parse(cls, tag: Element) -> "Taxonomy":
        """Read a `Taxonomy` tag.

        Raises:
            LabelConfigError: It is broken, labels regions, or its tree stands in the data.
        """
        require_one_answer(tag)
        require_own_labels(tag)
        if is_true(tag, "labeling"):
            raise left(tag, "it labels regions")
        places = tuple(_places(tag, tag, leafs_only=is_true(tag, "leafsOnly")))
        if not places:
            raise broken(tag, "it has no choices", "Add <Choice value=…/> tags inside it.")
        return cls(
            from_name=name_of(tag),
            to_name=objects_of(tag)[0],
            required=is_true(tag, "required"),
            places=places,
            max_usages=count_in(tag, "maxUsages"),
        )

    @property
    def answer_type(self) -> AnswerType:
        """Places in a tree."""
        return AnswerType.PATHS

    @property
    def candidates(self) -> tuple[Candidate, ...]:
        """Every place that can be picked, each a whole answer, depth first."""
        return self.places

    @override
    def encode(self, answer: str, text: str = "") -> list[Region]:
        """Write the places as one region of type `taxonomy`; of none, there is no region."""
        paths = [list(path) for path in paths_of(answer)]
        if self._written({self._known(canonical_json([path])) for path in paths}) != answer:
            raise self._refusal(answer)
        return [self._region({"taxonomy": paths})] if paths else []

    @override
    def decode(self, regions: Sequence[Region]) -> str | None:
        """Read the places; None where one is required and none was picked."""
        paths = self._listed(regions, "taxonomy")
        return self._written({self._known(canonical_json([path])) for path in paths})

    def _written(self, picked: Set[str]) -> str | None:
        if self.required and not picked:
            return None
        if self.max_usages is not None and len(picked) > self.max_usages:
            raise AnswerError(
                f"{len(picked)} places where at most {self.max_usages} are asked for "
                f"{self.from_name!r}"
            )
        kept = [place.value for place in self.places if place.value in picked]
        return canonical_json([path for value in kept for path in paths_of(value)])


def _places(
    tag: Element,
    parent: Element,
    *,
    leafs_only: bool,
    path: tuple[str, ...] = (),
    shown: tuple[str, ...] = (),
) -> Iterator[Candidate]:
    """Walk the tree below an element, depth first."""
    elements = parent.findall("Choice")
    for element, choice in zip(elements, candidates_of(tag, elements), strict=True):
        here, text = (*path, choice.value), (*shown, choice.text)
        if not leafs_only or element.find("Choice") is None:
            yield Candidate(canonical_json([here]), SEPARATOR.join(text), choice.hint)
        yield from _places(tag, element, leafs_only=leafs_only, path=here, shown=text)
