"""The contract of a control tag: what can be answered, and how an answer looks in Label Studio."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar, TypeAlias
from xml.etree.ElementTree import Element

from labeling.answers.types import AnswerType
from labeling.errors import AnswerError

Region: TypeAlias = dict[str, Any]
"""One region as Label Studio stores it: `from_name`, `to_name`, `type`, `value`, and more."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """One answer that an engine can score.

    Attributes:
        value: What Label Studio stores: the tag's `alias` where it has one, else its `value`.
        text: What people see and the model is asked: the tag's `value`.
        hint: The tag's `hint`, a short definition, or an empty string.
    """

    value: str
    text: str
    hint: str = ""


class Control(ABC):
    """A control tag of a label config that a language model can answer.

    An answer is one string, in the canonical form of the control's answer type; see
    `labeling.answers.types`. Adding a tag is adding one subclass.
    """

    tag: ClassVar[str]
    """The tag's name in a label config, such as `Choices`."""
    on: ClassVar[frozenset[str]] = frozenset()
    """The object tags that it can be about; empty: any."""

    from_name: str
    to_name: str
    """The object that it is about; of several, the first."""
    required: bool

    @property
    def to_names(self) -> tuple[str, ...]:
        """All objects that it is about."""
        return (self.to_name,)

    @property
    @abstractmethod
    def answer_type(self) -> AnswerType:
        """What sort of thing its answers are."""

    @property
    def inner(self) -> "Control":
        """What is answered at a time: of a control of regions, what is asked of each; else it."""
        return self

    @classmethod
    @abstractmethod
    def parse(cls, tag: Element) -> "Control":
        """Read the tag.

        Args:
            tag: The XML element, with the names of its attributes in small letters.

        Returns:
            The control.

        Raises:
            LabelConfigError: Only people can answer it: it is broken, or of another variant.
        """

    @property
    def candidates(self) -> tuple[Candidate, ...]:
        """What an engine scores, in the order of the label config; empty where answers are open.

        Of `AnswerType.SET` and `AnswerType.SPANS` these are the labels that answers are made of, of
        `AnswerType.REGIONS` those of what is asked of each region. Of all other types, each
        candidate's `value` is a whole answer.
        """
        return ()

    @abstractmethod
    def encode(self, answer: str, text: str = "") -> list[Region]:
        """Write an answer as the regions that Label Studio stores.

        Args:
            answer: In the canonical form of the control's answer type.
            text: What the object shows, which spans are cut from.

        Returns:
            The regions; none where the answer is empty.

        Raises:
            AnswerError: It is no answer of this control.
        """

    @abstractmethod
    def decode(self, regions: Sequence[Region]) -> str | None:
        """Read the answer out of a result, whatever order its regions are in.

        None where the result does not answer this control. Controls whose answer may be empty
        (`[]`) read a result that does not speak of them as that, unless they are required.

        Raises:
            AnswerError: The regions speak of this control and cannot be understood.
        """

    @cached_property
    def _values(self) -> frozenset[str]:
        """What the candidates are stored as."""
        return frozenset(candidate.value for candidate in self.candidates)

    def _known(self, value: object) -> str:
        """Return a candidate's value.

        Raises:
            AnswerError: It is none.
        """
        if not isinstance(value, str) or value not in self._values:
            raise self._refusal(value)
        return value

    def _refusal(self, answer: object) -> AnswerError:
        """Return the error that this is no answer of this control, in one line."""
        return AnswerError(f"{repr(answer)[:100]} is not an answer of {self.from_name!r}")

    def _region(self, value: Mapping[str, Any], **more: str) -> Region:
        """Write a region of this control."""
        return {
            "from_name": self.from_name,
            "to_name": self.to_name,
            "type": self.tag.lower(),
            "value": value,
            **more,
        }

    def _own(self, regions: Sequence[Region]) -> list[Mapping[str, Any]]:
        """Return the values of the regions of this control.

        Raises:
            AnswerError: One of them holds no value.
        """
        values = [
            region.get("value")
            for region in regions
            if isinstance(region, Mapping)
            and region.get("from_name") == self.from_name
            and region.get("type") == self.tag.lower()
        ]
        if not all(isinstance(value, Mapping) for value in values):
            raise AnswerError(f"A region of {self.from_name!r} holds no value")
        return [value for value in values if value is not None]

    def _contents(self, regions: Sequence[Region], key: str) -> list[Any]:
        """Return what each region of this control holds under a key of its value.

        Raises:
            AnswerError: One of them holds nothing there.
        """
        contents = [value.get(key) for value in self._own(regions)]
        if None in contents:
            raise AnswerError(f"A region of {self.from_name!r} holds no {key!r}")
        return contents

    def _content(self, regions: Sequence[Region], key: str) -> Any:
        """Return what the one region of this control holds under a key; None where there is none.

        Raises:
            AnswerError: There are several, or it holds nothing there.
        """
        contents = self._contents(regions, key)
        if len(contents) > 1:
            raise AnswerError(f"{len(contents)} answers where one is asked for {self.from_name!r}")
        return contents[0] if contents else None

    def _listed(self, regions: Sequence[Region], key: str) -> list[Any]:
        """Join the lists that the regions of this control hold under a key.

        Raises:
            AnswerError: One of them holds no list there.
        """
        lists = self._contents(regions, key)
        if not all(isinstance(one, list) for one in lists):
            raise AnswerError(f"A region of {self.from_name!r} holds no list of {key}")
        return [entry for one in lists for entry in one]
