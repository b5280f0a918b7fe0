"""The contract of a control tag: what can be answered, and how an answer looks in Label Studio."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Self, TypeAlias

from label_studio_sdk.label_interface.control_tags import ControlTag

from labeling.answers import Kind
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

    An answer is one string, in the canonical form of the control's kind; see `labeling.answers`.
    Adding a tag is adding one subclass.
    """

    tag: ClassVar[str]
    """The tag's name in a label config, such as `Choices`."""

    from_name: str
    to_name: str
    """The object that it is about; of several, the first."""
    required: bool

    @property
    @abstractmethod
    def kind(self) -> Kind:
        """What sort of thing its answers are."""

    @classmethod
    @abstractmethod
    def parse(cls, tag: ControlTag) -> Self | None:
        """Read the tag, or give None where this variant of it cannot be answered.

        Raises:
            LabelConfigError: The tag is of this kind and broken.
        """

    @property
    def candidates(self) -> tuple[Candidate, ...]:
        """What an engine scores, in the order of the label config; empty where answers are open.

        Of `Kind.SET` and `Kind.SPANS` these are the labels that answers are made of. Of all other
        kinds, each candidate's `value` is a whole answer.
        """
        return ()

    @abstractmethod
    def encode(self, answer: str, text: str = "") -> list[Region]:
        """Write an answer as the regions that Label Studio stores.

        Args:
            answer: In the canonical form of the control's kind.
            text: What the object shows, which spans are cut from.

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

    def _own(self, regions: Sequence[Region], kind: str) -> list[Mapping[str, Any]]:
        """Give the values of the regions of this control.

        Raises:
            AnswerError: One of them holds no value.
        """
        values = [
            region.get("value")
            for region in regions
            if region.get("from_name") == self.from_name and region.get("type") == kind
        ]
        if not all(isinstance(value, Mapping) for value in values):
            raise AnswerError(f"A region of {self.from_name!r} holds no value")
        return [value for value in values if value is not None]


def is_true(tag: ControlTag, attribute: str) -> bool:
    """Tell whether a tag's attribute says `true`."""
    return str((tag.attr or {}).get(attribute, "false")).lower() == "true"
