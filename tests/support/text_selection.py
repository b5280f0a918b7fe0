"""Labelled spans on Label Studio's page: how each object shows them, and how one is made."""

from collections.abc import Mapping
from itertools import pairwise
from typing import Any, TypeAlias

from playwright.sync_api import ElementHandle, Locator, Page

from labeling.answers.types import Span, canonical_json
from labeling.controls import Control
from labeling.form.form import Form

Point: TypeAlias = tuple[float, float]

MARKS = """
const label = one => (one.dataset.label ?? one.dataset.labels).replace(/^\\d+:/, '')
const seen = (root, selector) =>
    [...root.querySelectorAll(selector)].filter(one => one.checkVisibility())
const drawn = parts => {
    let text = ''
    for (const part of parts) {
        const nodes = document.createTreeWalker(part, NodeFilter.SHOW_TEXT)
        while (nodes.nextNode()) {
            const {data, parentElement} = nodes.currentNode
            const isMarked = parentElement.closest('.htx-highlight')
            if (parentElement.checkVisibility())
                text += [...data.replace(/\\s/g, '')].map(one => isMarked ? one : '·').join('')
        }
    }
    const labels = parts.flatMap(part => seen(part, '[data-label], [data-labels]').map(label))
    return labels.length ? [text, ...labels.sort()] : []
}
const isWhole = one => one.dataset.label !== undefined && !one.querySelector('.htx-highlight')
const ends = one =>
    [Number(one.dataset.start), Number(one.dataset.end), label(one), one.innerText]
const shown = one => {
    const found = seen(one, '.lsf-richtext__line .htx-highlight')
    const isEach = found.length && found.every(isWhole)
    return isEach ? found.map(ends) : [drawn([one.contentDocument?.body ?? one])]
}
const marks = () => [
    ...seen(document, '.lsf-htx-richtext').flatMap(shown),
    drawn(seen(document, '[data-testid^="phrase:"]').map(phrase => phrase.lastElementChild)),
].filter(one => one.length)
"""
"""How the page shows spans, as a script of the page tells it.

On a `Text`, each with its ends. Where spans lie over one another, which the page draws in the
pieces that they cut each other into, and on other objects, where it tells no ends: the whole text
without its spaces, a dot for what is not marked, and all labels.
"""

ENDS = {
    "Text": """
(text, {start, end}) => {
    const range = document.createRange()
    let seen = 0
    for (const line of text.querySelectorAll('.lsf-richtext__line')) {
        const parts = document.createTreeWalker(line, NodeFilter.SHOW_TEXT)
        while (parts.nextNode()) {
            const characters = [...parts.currentNode.data]
            const unit = place => characters.slice(0, place - seen).join('').length
            const behind = seen + characters.length
            if (seen <= start && start < behind) range.setStart(parts.currentNode, unit(start))
            if (seen < end && end <= behind) range.setEnd(parts.currentNode, unit(end))
            seen = behind
        }
        seen += 1
    }
""",
    "HyperText": """
(shown, {globalOffsets: {start, end}}) => {
    const root = shown.contentDocument?.body ?? shown
    const range = root.ownerDocument.createRange()
    const parts = document.createTreeWalker(root, NodeFilter.SHOW_ALL)
    let seen = 0
    while (parts.nextNode()) {
        const node = parts.currentNode
        const characters = [...(node.nodeType === Node.TEXT_NODE ? node.data : '')]
        const unit = place => characters.slice(0, place - seen).join('').length
        const behind = seen + characters.length
        if (seen <= start && start < behind) range.setStart(node, unit(start))
        if (seen < end && end <= behind) range.setEnd(node, unit(end))
        seen = behind + (node.nodeName === 'BR')
    }
""",
    "Paragraphs": """
(all, {start, startOffset, end, endOffset}) => {
    const range = document.createRange()
    const spot = (line, offset) => {
        const said = all.querySelector(`[data-testid="phrase:${line}"]`).lastElementChild
        const parts = document.createTreeWalker(said, NodeFilter.SHOW_TEXT)
        while (parts.nextNode() && parts.currentNode.length < offset) {
            offset -= parts.currentNode.length
        }
        return [parts.currentNode, offset]
    }
    range.setStart(...spot(start, startOffset))
    range.setEnd(...spot(end, endOffset))
""",
}
BOXES = """
    const boxes = [...range.getClientRects()].filter(box => box.width)
    const [first, last] = [boxes[0], boxes.at(-1)]
    return [
        [first.left + 1, first.top + first.height / 2],
        [last.right - 1, last.top + last.height / 2],
    ]
}
"""
"""Where a span that is stored so begins and ends on the page, or in the frame that shows it."""


def looks_of_marks(form: Form, control: Control, spans: list[Span], item: str) -> list[Any]:
    """Return how the page shows spans."""
    text = form.markable(item)[control.to_name]
    if form.objects[control.to_name].tag == "Text" and not _overlap(spans):
        return [[*span, text[span[0] : span[1]]] for span in spans]
    inside = {place for start, end, _ in spans for place in range(start, end)}
    visible = [(place, one) for place, one in enumerate(text) if not one.isspace()]
    drawn = "".join(one if place in inside else "·" for place, one in visible)
    return [[drawn, *sorted(label for _, _, label in spans)]] if spans else []


def _overlap(spans: list[Span]) -> bool:
    return any(one[1] > other[0] for one, other in pairwise(sorted(spans)))


def stored(form: Form, control: Control, span: Span, item: str) -> Mapping[str, Any]:
    """Return how Label Studio stores a span."""
    regions = control.encode(canonical_json([list(span)]), form.shown(item)[control.to_name])
    [region] = form.to_stored_offsets(regions, item)
    value: Mapping[str, Any] = region["value"]
    return value


def drag_over(page: Page, tag: str, shown: Locator, place: Mapping[str, Any]) -> None:
    """Mark a span with the mouse."""
    (left, top), (right, bottom) = _ends(shown.element_handle(), tag, place)
    page.mouse.move(left, top)
    page.mouse.down()
    page.mouse.move(right, bottom, steps=5)
    page.mouse.up()


def _ends(shown: ElementHandle, tag: str, place: Mapping[str, Any]) -> tuple[Point, Point]:
    """Return where a span begins and ends on the page."""
    frame = shown.bounding_box() if shown.content_frame() else None
    x, y = (frame["x"], frame["y"]) if frame else (0.0, 0.0)
    (left, top), (right, bottom) = shown.evaluate(ENDS[tag] + BOXES, dict(place))
    return (left + x, top + y), (right + x, bottom + y)
