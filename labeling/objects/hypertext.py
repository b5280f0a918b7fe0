"""`HyperText`: HTML, read as the page that it shows.

Label Studio's page stores a span by the text nodes where it begins and ends: their XPaths, and
offsets in them in UTF-16 code units. Beside that it stores global offsets, in code points; see
`labeling.objects.html`. Where the XPaths lead nowhere, it goes by the global ones.
Source: https://labelstud.io/tags/hypertext, and the page's `RichTextRegion.js`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self

from typing_extensions import override

from labeling.errors import AnswerError, TaskError
from labeling.objects.base import (
    ObjectTag,
    Value,
    checked,
    require_in_the_task,
    text_in,
    units_in,
)
from labeling.objects.encoding import Encoding, decoded, encoded, encoding_of
from labeling.objects.html import Page, page_of, without_inline_files
from labeling.objects.value import ValueExpression


@dataclass(frozen=True, slots=True)
class HyperText(ObjectTag):
    """A `HyperText` tag whose HTML stands in the task.

    Attributes:
        value: See `ObjectTag`.
        is_inline: Whether the HTML is put into Label Studio's page, rather than a page of its own.
        encoding: How the HTML is written in the task.
    """

    tag: ClassVar[str] = "HyperText"

    value: ValueExpression
    is_inline: bool = False
    encoding: Encoding = "none"

    @classmethod
    @override
    def parse(cls, value: ValueExpression, attributes: Mapping[str, str]) -> Self:
        """Read a `HyperText` tag."""
        require_in_the_task(attributes, "text")
        is_inline = attributes.get("inline", "false").lower() == "true"
        return cls(value, is_inline, encoding_of(value, attributes))

    @override
    def content_in(self, data: Mapping[str, Any]) -> str:
        """Read the HTML, without the files in it; one that shows no text is refused."""
        written = decoded(text_in(data, self.value), self.encoding, self.value.name)
        content = without_inline_files(written)
        text = self.text_of(content)
        if content.strip() and not text.strip():
            raise TaskError(f"The task's field {self.value.name!r} shows no text")
        checked(text, self.value.name)
        return content

    @override
    def data_of(self, content: str) -> dict[str, Any]:
        """Return the HTML as its field, or what its variables hold."""
        return self.value.data_of(encoded(content, self.encoding))

    @override
    def text_of(self, content: str) -> str:
        """Return what people read: blocks on lines of their own, without what is hidden."""
        return self._page(content).text

    @override
    def markable(self, content: str) -> str:
        """Return the same; refused where browsers may not count alike."""
        page = self._page(content)
        if not page.is_sure:
            raise TaskError(
                f"The HTML of {self.value.name!r} holds a part that browsers read in ways of their"
                " own, so where something stands in it cannot be told",
                hint="Take out noscript, template, textarea, frames and the like.",
            )
        return page.text

    @override
    def to_stored_offsets(self, value: Value, content: str) -> Value:
        """Write a span by the text nodes where it begins and ends."""
        page = self._page(content)
        start, last = page.places[value["start"]], page.places[value["end"] - 1]
        if start < 0 or last < 0:
            raise AnswerError("A span begins or ends between two blocks, and cannot be marked")
        (first, begin), (behind, end) = _spot(page, start, 0), _spot(page, last, 1)
        return {
            **value,
            "start": first,
            "end": behind,
            "startOffset": begin,
            "endOffset": end,
            "globalOffsets": {"start": start, "end": last + 1},
        }

    @override
    def from_stored_offsets(self, value: Value, content: str) -> Value:
        """Read a span by its global offsets, or by the text nodes where it begins and ends."""
        page = self._page(content)
        start, end = _offsets(page, value)
        inside = [at for at, place in enumerate(page.places) if start <= place < end]
        if not inside:
            raise AnswerError("A region marks nothing that the page shows")
        return {**value, "start": inside[0], "end": inside[-1] + 1}

    def _page(self, content: str) -> Page:
        return page_of(self.value.text_of(content), is_inline=self.is_inline)


def _spot(page: Page, offset: int, behind: int) -> tuple[str, int]:
    """Return the text node of a global offset, and the place of that, or of the next, in it."""
    node = page.node_at(offset)
    return node.path, units_in(node.text[: offset - node.start + behind])


def _offsets(page: Page, value: Value) -> tuple[int, int]:
    """Return the global offsets of a span.

    Raises:
        AnswerError: It has none, and its text nodes are none of the page.
    """
    offsets = value.get("globalOffsets")
    if isinstance(offsets, Mapping):
        start, end = offsets.get("start"), offsets.get("end")
    else:
        start = _offset(page, value.get("start"), value.get("startOffset"))
        end = _offset(page, value.get("end"), value.get("endOffset"))
    if type(start) is not int or type(end) is not int:
        raise AnswerError("A region stands in no text of the page")
    return start, end


def _offset(page: Page, path: object, units: object) -> int | None:
    """Return the global offset of a place in a text node; None where there is no such place."""
    node = next((one for one in page.nodes if one.path == path), None)
    if node is None or type(units) is not int or units < 0:
        return None
    before = node.text.encode("utf-16-le", "surrogatepass")[: 2 * units]
    return node.start + len(before.decode("utf-16-le", "surrogatepass"))
