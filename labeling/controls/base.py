"""The contract of a control tag: what can be answered, and how an answer looks in Label Studio."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Self, TypeAlias

from label_studio_sdk.label_interface.control_tags import ControlTag

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

    An answer is named by strings of `Candidate.value`. Adding a tag is adding one subclass.
    """

    tag: ClassVar[str]
    """The tag's name in a label config, such as `Choices`."""

    from_name: str
    to_name: str
    required: bool

    @classmethod
    @abstractmethod
    def parse(cls, tag: ControlTag) -> Self | None:
        """Read the tag, or give None where this variant of it cannot be answered.

        Raises:
            LabelConfigError: The tag is of this kind and broken.
        """

    @property
    @abstractmethod
    def candidates(self) -> tuple[Candidate, ...]:
        """What an engine scores, in the order of the label config."""

    @abstractmethod
    def encode(self, answer: str) -> list[Region]:
        """Write an answer as the regions that Label Studio stores.

        Raises:
            AnswerError: The answer is not one of the candidates.
        """

    @abstractmethod
    def decode(self, regions: Sequence[Region]) -> str | None:
        """Read the answer out of a result; None where the result does not answer this control.

        Raises:
            AnswerError: The regions speak of this control and cannot be understood.
        """

    def votes(self, regions: Sequence[Region]) -> list[str]:
        """Read a result as the labels that it votes for: none, one, or several."""
        answer = self.decode(regions)
        return [] if answer is None else [answer]
