"""The object tags that Tandem reads: one file a sort, found by the tag's name in `OBJECTS`."""

from labeling.objects.base import LONGEST_TEXT, ObjectTag, Value
from labeling.objects.hypertext import HyperText
from labeling.objects.paragraphs import Paragraphs
from labeling.objects.text import Text
from labeling.objects.unmarked import Chat, Header, List, Markdown, Table
from labeling.objects.value import ValueExpression

_ALL: tuple[type[ObjectTag], ...] = (
    Text,
    HyperText,
    Paragraphs,
    Header,
    Markdown,
    Table,
    List,
    Chat,
)

OBJECTS: dict[str, type[ObjectTag]] = {one.tag: one for one in _ALL}
"""Every object by the name of its tag. A new tag is a new class and its name here."""

__all__ = [
    "LONGEST_TEXT",
    "OBJECTS",
    "Chat",
    "Header",
    "HyperText",
    "List",
    "Markdown",
    "ObjectTag",
    "Paragraphs",
    "Table",
    "Text",
    "Value",
    "ValueExpression",
]
