"""`Text`: a plain text, whose spans stand where Label Studio says."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self

from typing_extensions import override

from labeling.errors import AnswerError
from labeling.objects.base import ObjectTag, Value, checked, require_in_the_task, text_in
from labeling.objects.encoding import Encoding, decoded, encoded, encoding_of
from labeling.objects.value import ValueExpression


@dataclass(frozen=True, slots=True)
class Text(ObjectTag):
    """A `Text` tag whose text stands in the task.

    Source: https://labelstud.io/tags/text

    Attributes:
        value: See `ObjectTag`.
        encoding: How the text is written in the task.
    """

    tag: ClassVar[str] = "Text"

    value: ValueExpression
    encoding: Encoding = "none"

    @classmethod
    @override
    def parse(cls, value: ValueExpression, attributes: Mapping[str, str]) -> Self:
        """Read a `Text` tag."""
        require_in_the_task(attributes, "text")
        return cls(value, encoding_of(value, attributes))

    @override
    def content_in(self, data: Mapping[str, Any]) -> str:
        """Read the text; see `ObjectTag`."""
        content = decoded(text_in(data, self.value), self.encoding, self.value.name)
        checked(self.text_of(content), self.value.name)
        return content

    @override
    def data_of(self, content: str) -> dict[str, Any]:
        """Return the text as its field, or what its variables hold."""
        return self.value.data_of(encoded(content, self.encoding))

    @override
    def text_of(self, content: str) -> str:
        """Return the text itself, or with what its variables hold."""
        return self.value.text_of(content)

    @override
    def to_stored_offsets(self, value: Value, content: str) -> Value:
        """Leave a span as it is."""
        return value

    @override
    def from_stored_offsets(self, value: Value, content: str) -> Value:
        """Leave a span as it is; one that leaves a text that is known is refused."""
        end = value.get("end")
        if content and type(end) is int and end > len(self.text_of(content)):
            raise AnswerError("A span ends behind the end of its text")
        return value
