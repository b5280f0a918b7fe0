"""HTML as a browser's page holds it: the text nodes that the page counts, and what people read.

The page counts *global* offsets: the code points of every text node below the body in the order of
the document, and one for each `<br>`. That is the HTML's own text, with its line breaks between
tags, and without a break where a paragraph ends. What people read is laid out instead: space of any
length is one blank, and each block begins a line.
Source: the page's `RichText/domManager.ts`.
"""

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache

import lxml.html  # type: ignore[import-untyped]
from lxml import etree

_NEVER = ("script", "iframe")
"""Elements that Label Studio takes out before it shows the HTML."""

_HIDDEN = frozenset(["style", "head", "title", "template", "noscript", "noembed", "noframes"])
"""Elements whose text is counted and not shown."""

_UNSURE = frozenset(
    ["template", "noscript", "noembed", "noframes", "textarea", "frameset", "plaintext", "xmp"]
)
"""Elements whose content browsers read in ways of their own."""

_WITHIN_A_LINE = (
    "a abbr acronym b bdi bdo big button cite code data del dfn em font i img input ins kbd label"
    " mark meter nobr output progress q rp rt ruby s samp small span strike strong sub sup svg time"
    " tt u var wbr"
)
_INLINE = frozenset(_WITHIN_A_LINE.split())
"""Elements that stand within a line. All others begin one, but for the cells of a table."""

_CELLS = frozenset(["td", "th"])
_SPACE = " \t\n\r\f"
_GAPS = ("", " ", "\t", "\n")
"""What may stand between two characters, from the least on."""

_UNSEEN = re.compile(r"display\s*:\s*none", re.IGNORECASE)
_TAG = re.compile(r"<[a-zA-Z][^<>]*>")
_INLINE_FILE = re.compile(r"""(=\s*["']?data:)[^"'>]{200,}""")
_BEFORE = "|"
"""Stands before HTML that is put into a page as it is, which keeps its first blanks."""


@dataclass(frozen=True, slots=True)
class TextNode:
    """A text node of a page.

    Attributes:
        path: Its XPath from the root, as Label Studio writes it: `/p[1]/text()[2]`.
        start: The global offset of its first character.
        text: What it holds.
    """

    path: str
    start: int
    text: str


@dataclass
class Page:
    """HTML as a page shows it.

    Attributes:
        text: What people read.
        places: For each character of it, its global offset; -1 where none stands for it.
        nodes: The text nodes.
        is_sure: Whether every browser counts the same.
    """

    text: str = ""
    places: list[int] = field(default_factory=list)
    nodes: list[TextNode] = field(default_factory=list)
    is_sure: bool = True

    def node_at(self, offset: int) -> TextNode:
        """Return the text node that holds the character at a global offset."""
        return self.nodes[bisect_right(self.nodes, offset, key=lambda node: node.start) - 1]


@lru_cache(maxsize=64)
def page_of(html: str, *, is_inline: bool) -> Page:
    """Lay HTML out; without any text where there is nothing to be shown.

    Args:
        html: The HTML.
        is_inline: Whether it is put into the page as it is, rather than shown as a page of its own.

    Returns:
        The page: its text, and the nodes that it is made of.
    """
    root = _root(html, is_inline=is_inline)
    if root is None:
        return Page()
    layout = _Layout()
    layout.page.is_sure = "\0" not in html and "</br" not in html.lower()
    for event in _walk(root, _BEFORE if is_inline else ""):
        match event:
            case TextNode():
                layout.add(event)
            case "open", element:
                layout.enter(element)
            case "close", element:
                layout.leave(element)
    layout.page.text = "".join(layout.characters)
    return layout.page


def without_inline_files(html: str) -> str:
    """Take the content of files out of HTML that holds some, as `src="data:…"`.

    What people read, and where it stands, is the same without them.
    """
    return _TAG.sub(lambda tag: _INLINE_FILE.sub(r"\1,", tag[0]), html)


class _Layout:
    """Lays text out, as it comes.

    Attributes:
        page: What was laid out.
        characters: Its text so far.
    """

    def __init__(self) -> None:
        self.page = Page()
        self.characters: list[str] = []
        self._gap = ""
        self._place = -1
        self._hidden = 0
        self._kept = 0

    def enter(self, element: lxml.html.HtmlElement) -> None:
        """Begin an element."""
        self._hidden += _is_hidden(element)
        self._kept += element.tag == "pre"
        self.page.is_sure &= element.tag not in _UNSURE
        self._break_at(element)

    def leave(self, element: lxml.html.HtmlElement) -> None:
        """End an element."""
        self._break_at(element)
        self._hidden -= _is_hidden(element)
        self._kept -= element.tag == "pre"

    def add(self, node: TextNode) -> None:
        """Add a text node."""
        self.page.nodes.append(node)
        if self._hidden:
            return
        for place, character in enumerate(node.text, node.start):
            if character in _SPACE and not self._kept:
                self._widen(" ", place)
            else:
                self._close_gap()
                self._put(character, place)

    def _break_at(self, element: lxml.html.HtmlElement) -> None:
        if not self._hidden and element.tag not in _INLINE:
            self._widen("\t" if element.tag in _CELLS else "\n", -1)

    def _widen(self, by: str, place: int) -> None:
        """Let there be a gap before what comes: a blank, a cell's, or the end of a line."""
        if _GAPS.index(by) > _GAPS.index(self._gap):
            self._gap, self._place = by, place

    def _close_gap(self) -> None:
        if self._gap and self.characters:
            self._put(self._gap, self._place)
        self._gap = ""

    def _put(self, character: str, place: int) -> None:
        self.characters.append(character)
        self.page.places.append(place)


def _root(html: str, *, is_inline: bool) -> lxml.html.HtmlElement | None:
    """Read HTML as a browser does after Label Studio cleaned it; None where there is nothing."""
    # What is no character is shown as the one that stands for it.
    readable = html.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    try:
        document = lxml.html.document_fromstring(
            f"<body>{_BEFORE}{readable}" if is_inline else readable,
            parser=lxml.html.HTMLParser(huge_tree=True),
        )
    except (etree.ParserError, ValueError):
        return None
    root = document.find("body")
    if root is not None:
        _add_bodies(root)
    return root


def _add_bodies(root: lxml.html.HtmlElement) -> None:
    """Put rows that stand right in a table into a body of it, as browsers do."""
    for table in root.iter("table"):
        made = None
        for row in table.findall("tr"):
            if made is None or row.getprevious() is not made:
                made = row.makeelement("tbody")
                row.addprevious(made)
            made.append(row)


def _walk(
    root: lxml.html.HtmlElement, before: str
) -> Iterator[TextNode | tuple[str, lxml.html.HtmlElement]]:
    """Return text nodes, and where elements `open` and `close`, in the order of the document.

    Text nodes around what Label Studio takes out are one.

    Args:
        root: What is shown.
        before: What its text begins with, and is not shown.
    """
    paths, counts, text, offset = [""], [Counter[str]()], "", 0
    walker = etree.iterwalk(root, events=("start", "end", "comment", "pi"))
    for event, element in walker:
        if event == "start" and element.tag in _NEVER:
            walker.skip_subtree()
        elif event in ("comment", "pi") or element.tag in _NEVER:
            text += element.tail or ""
        else:
            if text:
                counts[-1]["text()"] += 1
                yield TextNode(f"{paths[-1]}/text()[{counts[-1]['text()']}]", offset, text)
                offset += len(text)
            if event == "start":
                if element is not root:
                    counts[-1][element.tag] += 1
                    paths.append(f"{paths[-1]}/{element.tag}[{counts[-1][element.tag]}]")
                    counts.append(Counter())
                yield "open", element
                offset += element.tag == "br"
                text = (element.text or "").removeprefix(_dropped(element, root, before))
            elif element is root:
                return
            else:
                paths.pop()
                counts.pop()
                yield "close", element
                text = element.tail or ""


def _dropped(element: lxml.html.HtmlElement, root: lxml.html.HtmlElement, before: str) -> str:
    """Return what an element's text may begin with that is not shown."""
    if element is root:
        return before
    return "\n" if element.tag in ("pre", "listing") else ""


def _is_hidden(element: lxml.html.HtmlElement) -> bool:
    is_unseen = "hidden" in element.attrib or bool(_UNSEEN.search(element.get("style", "")))
    return is_unseen or element.tag in _HIDDEN
