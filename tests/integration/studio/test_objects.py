"""Spans of pages and dialogues: the page shows and stores the very words that Tandem means."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from playwright.sync_api import Page

from labeling.answers.types import canonical_json, spans_of
from labeling.form.form import Form, parse
from routing.studio import Studio
from routing.studio.models import NewPrediction
from tandem.servers.label_studio import LabelStudioServer
from tests.support.browser import photograph, submit
from tests.support.browser_fixtures import LogIn
from tests.support.studio_fixtures import NewStudioProject
from tests.support.studio_pages import Sheet

HTML = (
    "<!DOCTYPE html>\r\n<html><head><title>T</title><style>p {margin: 3px}</style></head>\r\n"
    "<body>\r\n  <!-- none --><h1>🚲 The  Mill</h1>\r\n<script>document.write('no')</script>\r\n"
    "<p>Anna&nbsp;Berg &amp; <b>Jo 👩🏽‍🚒 Falk</b> rode\r\n   to Lindhafen.<br>"
    "Then home, e\u0301.</p>"
    "<table><tr><th>Who</th><td>Ole\nVik</td></tr><tr><td>x</td><td>Lund</td></tr></table>"
    '<pre>\n  Kari\n  Moe</pre><p style="display:none">Ghost</p><p>End in Oslo</p></body></html>'
)
TALK = [
    {"author": "Anna", "text": "Hi 👩🏽‍🚒 there, Ole\nVik & <b>Jo</b>."},
    {"author": "Ole Vik", "text": "Anna,\r\nwe rode to Lindhafen. Then home."},
    {"author": "", "text": "🚲 Lund, e\u0301, \u05e9\u05dc\u05d5\u05dd Oslo"},
]
SHOWN: Mapping[str, tuple[str, str, Any]] = {
    "page": ("HyperText", "HyperTextLabels", HTML),
    "page, Labels": ("HyperText", "Labels", HTML),
    "page within the page": ('HyperText inline="true"', "HyperTextLabels", HTML),
    "dialogue": ('Paragraphs showLabels="true"', "ParagraphLabels", TALK),
    "dialogue, laid out": (
        'Paragraphs layout="dialogue" showLabels="true"',
        "ParagraphLabels",
        TALK,
    ),
}
PRE_LABELLED = ("Anna", "Ole Vik", "Lindhafen", "Lund")
BY_HAND = ("Oslo", "home", "rode to Lindhafen. Then")


@pytest.fixture(scope="module")
def page(logged_in: LogIn, label_studio: LabelStudioServer) -> Page:
    """A page of a real Chromium, where the administrator is logged in."""
    return logged_in(label_studio.email, label_studio.password)


@pytest.fixture(params=SHOWN)
def shown(request: pytest.FixtureRequest) -> tuple[str, Form, Any]:
    """A form of one control that labels spans, and what a task shows of it."""
    tag, control, value = SHOWN[request.param]
    form = parse(
        f'<View><{control} name="names" toName="shown"><Label value="A"/><Label value="B"/>'
        f'</{control}><{tag} name="shown" value="$shown"/></View>'
    )
    return request.param, form, value


@pytest.fixture
def sheet(
    label_studio: LabelStudioServer,
    studio_project: NewStudioProject,
    page: Page,
    shown: tuple[str, Form, Any],
) -> Sheet:
    """The form of a task on which some words are pre-labelled."""
    _, form, value = shown
    project = studio_project(label_config=form.config, data=[{"shown": value}])
    studio = Studio(label_studio.url, label_studio.token, project)
    [task] = studio.task_ids()
    item = form.text_of({"shown": value})
    regions = form.encode(marking(form, item, PRE_LABELLED, "A"), item)
    studio.import_predictions([NewPrediction(task, regions, 0.5, "v1")])
    page.goto(f"{label_studio.url}/projects/{project}/data?task={task}")
    return Sheet(page, form, item)


def marking(form: Form, item: str, words: Sequence[str], label: str) -> str:
    """The answer that marks some words, each where it first stands and can be marked."""
    text = " ".join(form.markable(item)["shown"].split(" ")).replace("\n", " ")
    spans = [[text.index(one), text.index(one) + len(one), label] for one in words]
    return canonical_json(sorted(spans))


def words_of(form: Form, item: str, answer: str, label: str) -> list[str]:
    """The words that an answer marks so, with single spaces."""
    text = form.shown(item)["shown"]
    return [
        " ".join(text[start:end].split()) for start, end, one in spans_of(answer) if one == label
    ]


def test_what_is_pre_labelled_is_drawn_and_what_is_marked_is_stored_on_the_very_words(
    sheet: Sheet, shown: tuple[str, Form, Any]
) -> None:
    name, form, _ = shown
    before = marking(form, sheet.item, PRE_LABELLED, "A")
    by_hand = json.loads(marking(form, sheet.item, BY_HAND, "B"))
    after = canonical_json(sorted([*json.loads(before), *by_hand]))
    assert sheet.settled(before) == sheet.looks_of(before)
    photograph(sheet.page, f"spans, {name}")
    sheet.change(before, after)
    assert sheet.settled(after) == sheet.looks_of(after)
    photograph(sheet.page, f"spans, {name}, marked")

    result = submit(sheet.page)["result"]

    answer = form.decode(result, sheet.item)
    assert answer == after
    assert sorted(words_of(form, sheet.item, answer, "B")) == sorted(BY_HAND)
    told = {
        region["value"]["text"].replace("\\n", " ")
        for region in result
        if region["value"][region["type"]] == ["B"]
    }
    assert {" ".join(words.split()) for words in told} == set(BY_HAND)
