"""`Text`: a plain text, whose spans stand where Label Studio says."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self

from typing_extensions import override

from labeling.objects.base import ObjectTag, Value, text_in


@dataclass(frozen=True, slots=True)
class Text(ObjectTag):
    """A `Text` tag.

    Source: https://labelstud.io/tags/text
    """

    tag: ClassVar[str] = "Text"

    field: str

    @classmethod
    @override
    def parse(cls, field: str, attributes: Mapping[str, str]) -> Self:
        """Read a `Text` tag."""
        return cls(field)

    @override
    def content_in(self, data: Mapping[str, Any]) -> str:
        """Read the text; see `ObjectTag`."""
        return text_in(data, self.field)

    @override
    def field_of(self, content: str) -> str:
        """Return the text itself."""
        return content

    @override
    def text_of(self, content: str) -> str:
        """Return the text itself."""
        return content

    @override
    def to_stored_offsets(self, value: Value, content: str) -> Value:
        """Leave a span as it is."""
        return value

    @override
    def from_stored_offsets(self, value: Value, content: str) -> Value:
        """Leave a span as it is."""
        return value
