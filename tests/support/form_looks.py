"""How a form looks on Label Studio's page: as it should for an answer, and as the page tells it."""

from collections.abc import Mapping
from typing import Any, TypeAlias

from labeling.answers.types import AnswerType, Span, paths_of, regions_of, spans_of, strings_of
from labeling.controls import Control
from labeling.form.form import Form
from tests.support.text_selection import MARKS, looks_of_marks

Looks: TypeAlias = dict[str, Any]
"""How a form looks: what is ticked, marked, written and so on, as people see it, and where it
asks something of regions, how it looks while each one is selected."""

FORM = ".lsf-main-view__annotation"
"""The part of the page that holds the form."""

SCRIPT = f"""
{MARKS}
const every = (selector, read) => [...document.querySelectorAll(`{FORM} ${{selector}}`)]
    .filter(one => one.checkVisibility()).map(read)
const looks = () => ({{
    ticked: every('input[type=checkbox]', one => one.checked ? [one.name] : []).flat(),
    stars: every('.ant-rate-star-full', one => one).length,
    numbers: every('input[type=number]', one => one.value).filter(one => one).map(Number),
    texts: every('[data-testid=htx-textbox-content]', one => one.innerText),
    places: every('.ant-select-selection-item-content', one => one.innerText),
    marked: marks(),
    better: every('.bg-primary-background', one => one.innerText),
}})
"""
"""How the form looks, as a script of the page tells it."""


def looks_of(form: Form, item: str, answer: str | None, selected: Span | None = None) -> Looks:
    """Return how a form looks while it says an answer.

    Args:
        form: The form.
        item: What its task shows.
        answer: What it says; None: nothing yet.
        selected: The mark that is selected, of which the form then shows what is said.
    """
    looks: Looks = {
        "ticked": [],
        "stars": 0,
        "numbers": [],
        "texts": [],
        "places": [],
        "marked": [],
        "better": [],
    }
    said = {} if answer is None else form.answers(answer)
    texts = form.shown(item)
    for control in form.controls:
        own = said.get(control.from_name)
        if own is not None and control.answer_type is AnswerType.REGIONS:
            own = None if selected is None else regions_of(own).get(selected)
        if own is None:
            continue
        _look(looks, control.inner, own, texts)
        if control.answer_type is AnswerType.SPANS:
            marked = looks_of_marks(form, control, spans_of(own), item)
            looks["marked"] = marked
    return looks


def _look(looks: dict[str, Any], control: Control, answer: str, texts: Mapping[str, str]) -> None:
    """Add how a control looks that says an answer."""
    match control.answer_type:
        case AnswerType.CLASS | AnswerType.SET:
            looks["ticked"] += titles(control, picked(control, answer))
        case AnswerType.SCALE:
            looks["stars"] = int(answer)
        case AnswerType.NUMBER:
            looks["numbers"] = [float(answer)]
        case AnswerType.TEXT:
            looks["texts"] = strings_of(answer)
        case AnswerType.PATHS:
            looks["places"] = [path[-1] for path in paths_of(answer)]
        case AnswerType.PAIR:
            looks["better"] = [texts[side(control, answer)]]


def picked(control: Control, answer: str | None) -> set[str]:
    """Return the values that are picked in an answer; None: nothing was answered."""
    if answer is None:
        return set()
    return {answer} if control.answer_type is AnswerType.CLASS else set(strings_of(answer))


def titles(control: Control, values: set[str]) -> list[str]:
    """Return what people read of some values, in the form's order."""
    return [one.text for one in control.candidates if one.value in values]


def side(control: Control, answer: str) -> str:
    """Return the name of the object that is the better one."""
    left, right = control.to_names
    return left if answer == "left" else right
