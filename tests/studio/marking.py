"""Labelled stretches on Label Studio's page: how each object shows them, and how one is made."""

from collections.abc import Mapping
from typing import Any, TypeAlias

from playwright.sync_api import ElementHandle, Locator, Page

from labeling.answers import Span, written
from labeling.controls import Control
from labeling.form import Form

Point: TypeAlias = tuple[float, float]

MARK = """
const mark = one => {
    const label = (one.dataset.label ?? one.dataset.labels ?? '').replace(/^\\d+:/, '')
    const phrase = one.closest('[data-testid^="phrase:"]')
    if (!phrase) return [Number(one.dataset.start), Number(one.dataset.end), label, one.innerText]
    const before = document.createRange()
    before.setStart(phrase.lastElementChild, 0)
    before.setEndBefore(one)
    return [phrase.dataset.testid, before.toString().length, label, one.innerText]
}
const marks = () => [document, ...document.querySelectorAll('iframe.lsf-htx-richtext')]
    .flatMap(shown => [...(shown.contentDocument ?? shown).querySelectorAll('.htx-highlight')])
    .filter(one => one.checkVisibility()).map(mark)
"""
"""How the page shows a stretch, as a script of the page tells it: where it begins, and more.

The page tells where a stretch of a dialogue stands by its paragraph alone.
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
(frame, {globalOffsets: {start, end}}) => {
    const page = frame.contentDocument
    const range = page.createRange()
    const parts = page.createTreeWalker(page.body, NodeFilter.SHOW_ALL)
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
"""Where a stretch that is stored so begins and ends on the page, or in the frame that shows it."""


def looks_of_marks(form: Form, control: Control, spans: list[Span], item: str) -> list[Any]:
    """Tell how the page shows spans, one after the other."""
    text = form.shown(item)[control.to_name]
    looks: list[Any] = []
    for start, end, label in spans:
        place = stored(form, control, (start, end, label), item)
        words = text[start:end]
        match form.objects[control.to_name].tag:
            case "Paragraphs":
                spot = [f"phrase:{place['start']}", place["startOffset"]]
            case "HyperText":
                spot = [place["globalOffsets"]["start"], place["globalOffsets"]["end"]]
            case _:
                spot = [place["start"], place["end"]]
        looks.append([*spot, label, words])
    return looks


def stored(form: Form, control: Control, span: Span, item: str) -> Mapping[str, Any]:
    """Tell how Label Studio stores a span."""
    regions = control.encode(written([list(span)]), form.shown(item)[control.to_name])
    [region] = form.placed(regions, item)
    value: Mapping[str, Any] = region["value"]
    return value


def highlight(tag: str, shown: Locator, place: Mapping[str, Any]) -> Locator:
    """Find a mark on the page."""
    match tag:
        case "Paragraphs":
            phrase = shown.locator(f"[data-testid='phrase:{place['start']}']")
            return phrase.locator(".htx-highlight").filter(has_text=place["text"])
        case "HyperText":
            return shown.content_frame.locator(_mark_at(place["globalOffsets"]))
        case _:
            return shown.locator(_mark_at(place))


def _mark_at(ends: Mapping[str, int]) -> str:
    return f".htx-highlight[data-start='{ends['start']}'][data-end='{ends['end']}']"


def drag_over(page: Page, tag: str, shown: Locator, place: Mapping[str, Any]) -> None:
    """Mark a stretch with the mouse."""
    (left, top), (right, bottom) = _ends(shown.element_handle(), tag, place)
    page.mouse.move(left, top)
    page.mouse.down()
    page.mouse.move(right, bottom, steps=5)
    page.mouse.up()


def _ends(shown: ElementHandle, tag: str, place: Mapping[str, Any]) -> tuple[Point, Point]:
    """Give where a stretch begins and ends on the page."""
    frame = shown.bounding_box() if tag == "HyperText" else None
    x, y = (frame["x"], frame["y"]) if frame else (0.0, 0.0)
    (left, top), (right, bottom) = shown.evaluate(ENDS[tag] + BOXES, dict(place))
    return (left + x, top + y), (right + x, bottom + y)
