"""What a page shows and nobody can mark: headers, lists, tables, chats."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self

from typing_extensions import override

from labeling.answers.types import canonical_json, content_of
from labeling.errors import AnswerError, LabelConfigError, TaskError
from labeling.objects.base import ObjectTag, Value, checked, require_in_the_task
from labeling.objects.html import page_of
from labeling.objects.value import ValueExpression, as_text


@dataclass(frozen=True, slots=True)
class _Unmarked(ObjectTag):
    """What shows a task's data and holds no spans."""

    value: ValueExpression

    @classmethod
    @override
    def parse(cls, value: ValueExpression, attributes: Mapping[str, str]) -> Self:
        """Read the tag."""
        return cls(value)

    @override
    def to_stored_offsets(self, value: Value, content: str) -> Value:
        """Leave a span as it is."""
        return value

    @override
    def from_stored_offsets(self, value: Value, content: str) -> Value:
        """Leave a span as it is."""
        return value


class Header(_Unmarked):
    """A `Header` that shows data.

    Source: https://labelstud.io/tags/header
    """

    tag: ClassVar[str] = "Header"

    @override
    def content_in(self, data: Mapping[str, Any]) -> str:
        """Read what it shows; see `ObjectTag`."""
        content = self.value.content_in(data)
        checked(self.text_of(content), self.value.name)
        return content

    @override
    def data_of(self, content: str) -> dict[str, Any]:
        """Return what its variables hold."""
        return self.value.data_of(content)

    @override
    def text_of(self, content: str) -> str:
        """Return what people read."""
        return self.value.text_of(content)


class Markdown(Header):
    """A `Markdown` that shows data, read as it is written.

    Source: https://labelstud.io/tags/markdown
    """

    tag: ClassVar[str] = "Markdown"


class _Structure(_Unmarked):
    """What shows lists and objects: its content is the JSON that its variable holds."""

    kind: ClassVar[str] = "json"
    """The `valueType` of data that stand in the task."""

    @classmethod
    @override
    def parse(cls, value: ValueExpression, attributes: Mapping[str, str]) -> Self:
        """Read the tag.

        Raises:
            LabelConfigError: Its data are no JSON in the task.
        """
        require_in_the_task(attributes, cls.kind)
        if not value.is_variable:
            raise LabelConfigError("its value is more than one variable")
        return cls(value)

    @override
    def content_in(self, data: Mapping[str, Any]) -> str:
        """Write what it shows as JSON."""
        content = canonical_json(self._found_in(data))
        checked(self.text_of(content), self.value.name)
        return checked(content, self.value.name)

    @override
    def data_of(self, content: str) -> dict[str, Any]:
        """Return the JSON as its field."""
        return self.value.data_of(content) | {self.value.name: _read(content)}

    def _found_in(self, data: Mapping[str, Any]) -> Any:
        return self.value.of(data)


class Table(_Structure):
    """A `Table`: an object's keys and values, or a row for each of several objects.

    Source: https://labelstud.io/tags/table, and the page's `tags/object/Table.jsx`.
    """

    tag: ClassVar[str] = "Table"

    @override
    def text_of(self, content: str) -> str:
        """Return `key: value` of each cell, and each row on a line of its own."""
        match _read(content):
            case Mapping() as row:
                return _cells(sorted(row.items(), key=lambda cell: cell[0].lower()))
            case [Mapping(), *_] as rows:
                return "\n".join(_cells(row.items()) for row in rows if isinstance(row, Mapping))
            case list() as values:
                return "\n".join(_cell(value) for value in values)
        raise TaskError(f"The task's field {self.value.name!r} is no table")

    @override
    def _found_in(self, data: Mapping[str, Any]) -> Any:
        found = self.value.of(data)
        return _read(found) if isinstance(found, str) else found


class List(_Structure):
    """A `List` of items, each with a title and what it says.

    Source: https://labelstud.io/tags/list
    """

    tag: ClassVar[str] = "List"

    @override
    def text_of(self, content: str) -> str:
        """Return a line for each item."""
        items = _objects(content, self.value.name)
        return "\n".join(
            ": ".join(filter(None, (_said(item, "title"), _said(item, "body") or _page(item))))
            for item in items
        )


class Chat(_Structure):
    """A `Chat`: messages, each with who says it.

    Source: https://labelstud.io/tags/chat
    """

    tag: ClassVar[str] = "Chat"

    @override
    def text_of(self, content: str) -> str:
        """Return a line for each message."""
        messages = _objects(content, self.value.name)
        return "\n".join(f"{_said(one, 'role')}: {_said(one, 'content')}" for one in messages)


def _read(content: str) -> Any:
    try:
        return content_of(content)
    except AnswerError as error:
        raise TaskError("What stands in the task is no JSON") from error


def _objects(content: str, name: str) -> list[Mapping[str, Any]]:
    found = _read(content)
    if not isinstance(found, list) or not all(isinstance(one, Mapping) for one in found):
        raise TaskError(f"The task's field {name!r} is no list of objects")
    return found


def _said(item: Mapping[str, Any], key: str) -> str:
    """Return what an item says under a key; nothing where it has none."""
    value = item.get(key)
    return "" if value is None else as_text(value).strip()


def _page(item: Mapping[str, Any]) -> str:
    return page_of(_said(item, "html"), is_inline=True).text


def _cells(cells: Iterable[tuple[str, Any]]) -> str:
    return "; ".join(f"{name}: {_cell(value)}" for name, value in cells)


def _cell(value: Any) -> str:
    return (
        json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else as_text(value)
    )
