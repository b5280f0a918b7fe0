"""A form on Label Studio's page, and how a person changes it with mouse and keys."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from playwright.sync_api import Locator, Page
from playwright.sync_api import TimeoutError as TookTooLong

from labeling.answers.types import AnswerType, Span, paths_of, regions_of, spans_of, strings_of
from labeling.controls import Control, OfRegions
from labeling.form.form import Form
from tests.support.form_looks import FORM, SCRIPT, Looks, looks_of, picked, side, titles
from tests.support.text_selection import drag_over, stored

SHOWN = ".lsf-htx-richtext, [data-testid=phrases-wrapper]"
"""The parts that show objects."""

WAIT = 30_000
"""Milliseconds until an answer that the page does not show counts as not shown."""


@dataclass(frozen=True)
class Change:
    """What one control says, and what it is to say; `before` is None where it says nothing."""

    control: Control
    before: str | None
    after: str


@dataclass(frozen=True)
class Sheet:
    """The form of one task, on the page.

    A form may hold several `Choices`, and one of each other control.

    Attributes:
        page: The page, at the task.
        form: The form.
        item: What the task shows.
    """

    page: Page
    form: Form
    item: str

    def settled(self, answer: str | None) -> Looks:
        """Wait until the page shows an answer, and return how it looks then.

        Of a page that never does, the last look is returned.
        """
        self.page.get_by_test_id("bottombar-submit-button").wait_for()
        self.page.locator(".lsf-label-view__waiting").wait_for(state="hidden")
        looks = self._settled(self.looks_of(answer))
        if self._of_regions:
            looks["selected"] = []
            for span in self._marked(answer):
                with self.selected(span):
                    looks["selected"].append(
                        self._settled(looks_of(self.form, self.item, answer, span))
                    )
        return looks

    def _settled(self, wanted: Looks) -> Looks:
        wanted = {part: look for part, look in wanted.items() if part != "selected"}
        with suppress(TookTooLong):
            self.page.wait_for_function(
                f"wanted => {{ {SCRIPT} return JSON.stringify(looks()) === wanted }}",
                arg=self.page.evaluate("JSON.stringify", wanted),
                timeout=WAIT,
            )
        looks: Looks = self.page.evaluate(f"() => {{ {SCRIPT} return looks() }}")
        return looks

    def change(self, before: str | None, after: str) -> None:
        """Change the answer that the page shows to another one, control by control.

        What does not show under the new answer is left as it is.
        """
        said = {} if before is None else self.form.answers(before)
        wanted = self.form.answers(after)
        for control in self.form.controls:
            was, should_be = (answers.get(control.from_name) for answers in (said, wanted))
            if should_be is not None and was != should_be:
                _BY_HAND[control.answer_type](self, Change(control, was, should_be))

    def looks_of(self, answer: str | None) -> Looks:
        """Return how the form looks while it says an answer; None: it says nothing yet."""
        looks = looks_of(self.form, self.item, answer)
        if self._of_regions:
            looks["selected"] = [
                looks_of(self.form, self.item, answer, span) for span in self._marked(answer)
            ]
        return looks

    @contextmanager
    def selected(self, span: Span) -> Iterator[None]:
        """Select a mark, and let go of it again."""
        self._mark_of(span).click()
        yield
        # The key is heard by the page only where no field hears it first.
        self.page.evaluate("document.activeElement.blur()")
        self.page.keyboard.press("Escape")

    def _mark_of(self, span: Span) -> Locator:
        """Find a mark; one that others cut into pieces in the list of all marks."""
        start, end, label = span
        mark = self.find(f".htx-highlight[data-start='{start}'][data-end='{end}']")
        if mark.count() == 1 and not mark.locator(".htx-highlight").count():
            return mark
        [control] = [one for one in self.form.controls if one.answer_type is AnswerType.SPANS]
        said = self.form.shown(self.item)[control.to_name][start:end]
        [title] = titles(control, {label})
        listed = self.page.locator(".lsf-outliner-item")
        return listed.filter(has_text=title).filter(has_text=said).first

    @property
    def _of_regions(self) -> list[OfRegions]:
        return [one for one in self.form.controls if isinstance(one, OfRegions)]

    def _marked(self, answer: str | None) -> list[Span]:
        """Return what is marked in an answer that something may be asked of."""
        said = {} if answer is None else self.form.answers(answer)
        names = dict.fromkeys(one.marks.from_name for one in self._of_regions)
        return [span for name in names for span in spans_of(said.get(name, "[]"))]

    def find(self, selector: str) -> Locator:
        """Find a part of the form."""
        return self.page.locator(f"{FORM} {selector}")

    def text(self, name: str) -> Locator:
        """Find the text that an object shows."""
        return self.find(SHOWN).nth(list(self.form.objects).index(name))


def _choose(sheet: Sheet, change: Change) -> None:
    """Tick one choice, which takes the tick off another."""
    for title in titles(change.control, {change.after}):
        _box(sheet, title).click()


def _tick(sheet: Sheet, change: Change) -> None:
    """Tick and untick what differs."""
    for title in titles(
        change.control,
        picked(change.control, change.before) ^ picked(change.control, change.after),
    ):
        _box(sheet, title).click()


def _rate(sheet: Sheet, change: Change) -> None:
    """Click the last star that is to shine."""
    sheet.find(".ant-rate-star").nth(int(change.after) - 1).click()


def _prefer(sheet: Sheet, change: Change) -> None:
    """Click the better text."""
    sheet.text(side(change.control, change.after)).click()


def _count(sheet: Sheet, change: Change) -> None:
    """Write the number over the old one."""
    sheet.find(f"input[name={change.control.from_name}]").fill(change.after)


def _write(sheet: Sheet, change: Change) -> None:
    """Write the one text, over the old one where there is one."""
    [text] = strings_of(change.after)
    box = sheet.page.get_by_test_id
    if change.before is None:
        box("textarea-input").fill(text)
        box("textarea-input").press("Shift+Enter")
    else:
        box("htx-textbox-view").hover()
        box("htx-textbox-edit-button").click()
        box("htx-textbox-input").fill(text)
        box("htx-textbox-save").click()


def _say(sheet: Sheet, change: Change) -> None:
    """Select each mark of which something else is to be said, and say it."""
    was, should_be = (regions_of(answer or "[]") for answer in (change.before, change.after))
    for span, said in should_be.items():
        if was.get(span) != said:
            inner = change.control.inner
            with sheet.selected(span):
                _BY_HAND[inner.answer_type](sheet, Change(inner, was.get(span), said))


def _place(sheet: Sheet, change: Change) -> None:
    """Take every place out, and pick the new ones in the tree."""
    for _ in paths_of(change.before or "[]"):
        sheet.find(".ant-select-selection-item-remove").first.click()
    sheet.find(".htx-taxonomy").click()
    tree = sheet.page.locator(".ant-select-dropdown")
    for *above, leaf in paths_of(change.after):
        for branch in above:
            _node(tree, branch).locator(".ant-select-tree-switcher_close").click()
        _node(tree, leaf).locator(".ant-select-tree-checkbox").click()
    sheet.text(change.control.to_name).click()
    tree.wait_for(state="hidden")


def _mark(sheet: Sheet, change: Change) -> None:
    """Delete what is marked and should not be, and drag over what should be."""
    was, should_be = set(spans_of(change.before or "[]")), set(spans_of(change.after))
    control, shown = change.control, sheet.text(change.control.to_name)
    tag = sheet.form.objects[control.to_name].tag
    listed = sheet.page.locator(".lsf-outliner-item")
    for number, span in reversed([*enumerate(sorted(was))]):
        if span not in should_be:
            listed.nth(number).click()
            sheet.page.keyboard.press("Backspace")
    for span in sorted(should_be - was):
        [title] = titles(control, {span[2]})
        sheet.find(".lsf-label").filter(has_text=title).click()
        drag_over(sheet.page, tag, shown, stored(sheet.form, control, span, sheet.item))


_BY_HAND: Mapping[AnswerType, Callable[[Sheet, Change], None]] = {
    AnswerType.CLASS: _choose,
    AnswerType.SET: _tick,
    AnswerType.SCALE: _rate,
    AnswerType.PAIR: _prefer,
    AnswerType.NUMBER: _count,
    AnswerType.TEXT: _write,
    AnswerType.PATHS: _place,
    AnswerType.SPANS: _mark,
    AnswerType.REGIONS: _say,
}


def _box(sheet: Sheet, title: str) -> Locator:
    return sheet.find(f"label:has(input[name='{title}'])")


def _node(tree: Locator, title: str) -> Locator:
    return tree.locator(".ant-select-tree-treenode").filter(
        has=tree.page.get_by_text(title, exact=True)
    )
