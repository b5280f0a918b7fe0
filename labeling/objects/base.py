"""The contract of an object tag: how a task's data become a text, and how spans of it stand."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar, Self, TypeAlias

from labeling.errors import TaskError

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

    field: str
    """The field of a task's data that it shows."""

    @classmethod
    @abstractmethod
    def parse(cls, field: str, attributes: Mapping[str, str]) -> Self | None:
        """Read the tag, or return None where this variant of it cannot be read.

        Args:
            field: The field of a task's data that it shows.
            attributes: The tag's, by their names in lower case.

        Returns:
            The object; None where only people can read it.
        """

    @abstractmethod
    def content_in(self, data: Mapping[str, Any]) -> str:
        """Read its content out of a task's data.

        Raises:
            TaskError: The field is missing, empty, too long, or holds something else.
        """

    @abstractmethod
    def field_of(self, content: str) -> Any:
        """Write a content as its field of a task's data, such as `content_in` reads."""

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


def value_in(data: Mapping[str, Any], field: str) -> Any:
    """Return what a task's data hold in a field.

    Args:
        data: The task's data.
        field: The name of the field.

    Returns:
        The value, whatever its type.

    Raises:
        TaskError: It is missing, or null.
    """
    value = data.get(field)
    if value is None:
        raise TaskError(f"The task has no field {field!r}", hint="Add it to the task's data.")
    return value


def text_in(data: Mapping[str, Any], field: str) -> str:
    """Read a text out of a field of a task's data.

    Numbers are read as their digits, since Label Studio shows them so.

    Args:
        data: The task's data.
        field: The name of the field.

    Returns:
        The text.

    Raises:
        TaskError: The field is missing, null, empty, not a text, or too long.
    """
    value = value_in(data, field)
    if isinstance(value, int | float) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str):
        raise TaskError(f"The task's field {field!r} is not a text")
    return checked(value, field)


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


def units_in(text: str) -> int:
    """Count a text's UTF-16 code units, in which the page counts within a part of it."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
