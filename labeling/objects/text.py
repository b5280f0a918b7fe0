"""`Text`: a plain text, whose spans stand where Label Studio says."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self

from labeling.objects.base import ObjectTag, Value, text_in


@dataclass(frozen=True, slots=True)
class Text(ObjectTag):
    """A `Text` tag.

    Source: https://labelstud.io/tags/text
    """

    tag: ClassVar[str] = "Text"

    field: str

    @classmethod
    def parse(cls, field: str, attributes: Mapping[str, str]) -> Self:  # noqa: ARG003 - the contract's
        """Read a `Text` tag."""
        return cls(field)

    def content_in(self, data: Mapping[str, Any]) -> str:
        """Read the text; see `ObjectTag`."""
        return text_in(data, self.field)

    def field_of(self, content: str) -> str:
        """Give the text itself."""
        return content

    def text_of(self, content: str) -> str:
        """Give the text itself."""
        return content

    def placed(self, value: Value, content: str) -> Value:  # noqa: ARG002 - the contract's
        """Leave a span as it is."""
        return value

    def found(self, value: Value, content: str) -> Value:  # noqa: ARG002 - the contract's
        """Leave a span as it is."""
        return value
