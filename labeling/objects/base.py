"""The contract of an object tag: how a task's data become a text, and how spans of it stand."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar, Self, TypeAlias

from labeling.errors import LabelConfigError, TaskError
from labeling.objects.value import ValueExpression

LONGEST_TEXT = 1_000_000
"""Characters of one object's content beyond which a task is refused rather than read."""

Value: TypeAlias = Mapping[str, Any]
"""A region's `value`, as Label Studio stores it."""


class ObjectTag(ABC):
    """An object tag of a label config that a language model can read.

    What a task's data hold for it is its *content*, one string, from which the *text* that people
    read follows. A span of the text is told in code points: the first, and the one behind the
    last. Adding a tag is adding one subclass.
    """

    tag: ClassVar[str]
    """The tag's name in a label config, such as `Text`."""

    value: ValueExpression
    """What of a task's data it shows."""

    @classmethod
    @abstractmethod
    def parse(cls, value: ValueExpression, attributes: Mapping[str, str]) -> Self:
        """Read the tag.

        Args:
            value: What of a task's data it shows.
            attributes: The tag's, by their names in lower case.

        Returns:
            The object.

        Raises:
            LabelConfigError: Only people can read this variant of it.
        """

    @abstractmethod
    def content_in(self, data: Mapping[str, Any]) -> str:
        """Read its content out of a task's data.

        Raises:
            TaskError: The field is missing, empty, too long, or holds something else.
        """

    @abstractmethod
    def data_of(self, content: str) -> dict[str, Any]:
        """Write a content as a task's data, such as `content_in` reads.

        Raises:
            TaskError: It is no content of this object.
        """

    @abstractmethod
    def text_of(self, content: str) -> str:
        """Return the text that people read.

        Raises:
            TaskError: It is no content of this object.
        """

    def markable(self, content: str) -> str:
        """Return the text, with a blank for each of its characters that nobody can mark.

        Raises:
            TaskError: It is no content, or where something stands in it cannot be told.
        """
        return self.text_of(content)

    @abstractmethod
    def to_stored_offsets(self, value: Value, content: str) -> Value:
        """Write a span, `start` and `end` in the text, as Label Studio stores it for this tag.

        Args:
            value: A region's value, `start` and `end` in code points of the text.
            content: The object's content.

        Returns:
            The value, as Label Studio stores it.

        Raises:
            AnswerError: Nothing can be marked where it begins or ends.
            TaskError: It is no content of this object.
        """

    @abstractmethod
    def from_stored_offsets(self, value: Value, content: str) -> Value:
        """Read a span as Label Studio stores it for this tag; the reverse of `to_stored_offsets`.

        Args:
            value: A region's value, as Label Studio stores it.
            content: The object's content.

        Returns:
            The value, with `start` and `end` in code points of the text.

        Raises:
            AnswerError: It marks nothing in the text.
            TaskError: It is no content of this object.
        """


def text_in(data: Mapping[str, Any], value: ValueExpression) -> str:
    """Read the content of a tag that shows a text out of a task's data.

    Numbers are read as their digits, and lists with commas, since Label Studio shows them so.

    Args:
        data: The task's data.
        value: What the tag shows of them.

    Returns:
        The text, or what its variables hold.

    Raises:
        TaskError: A field is missing, null, or not a text.
    """
    if value.is_variable:
        found = value.of(data)
        if isinstance(found, bool) or not isinstance(found, str | int | float | list):
            raise TaskError(f"The task's field {value.name!r} is not a text")
    return value.content_in(data)


def checked(text: str, field: str) -> str:
    """Return what a field says.

    Args:
        text: What the field says.
        field: Its name, for the error.

    Returns:
        The text itself.

    Raises:
        TaskError: It is blank, or too long.
    """
    if not text.strip():
        raise TaskError(f"The task's field {field!r} is empty")
    if len(text) > LONGEST_TEXT:
        raise TaskError(f"The task's field {field!r} is longer than {LONGEST_TEXT} characters")
    return text


def require_in_the_task(attributes: Mapping[str, str], kind: str) -> None:
    """Refuse a tag whose data stand behind an address, or are worked out of what stands there.

    Args:
        attributes: The tag's, by their names in lower case.
        kind: The `valueType` of data that stand in the task.

    Raises:
        LabelConfigError: They do not stand in the task.
    """
    for name in ("valueType", "resolver"):
        stated = attributes.get(name.lower(), kind)
        if stated != kind:
            raise LabelConfigError(f"what it shows stands behind an address ({name}={stated!r})")


def units_in(text: str) -> int:
    """Count a text's UTF-16 code units, in which the page counts within a part of it."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
