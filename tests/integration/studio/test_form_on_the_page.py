"""A form on Label Studio's page: where marks stand, what is said of them, what no longer shows."""

from collections.abc import Callable
from typing import TypeAlias

import pytest
from playwright.sync_api import Page

from labeling.answers.types import canonical_json
from routing.studio import Studio
from routing.studio.models import NewPrediction
from tandem.servers.label_studio import LabelStudioServer
from tests.support import examples
from tests.support.browser import photograph, submit
from tests.support.browser_fixtures import LogIn
from tests.support.studio_fixtures import NewStudioProject
from tests.support.studio_pages import Sheet

Open: TypeAlias = Callable[[str, str, str], Sheet]


@pytest.fixture(scope="module")
def page(logged_in: LogIn, label_studio: LabelStudioServer) -> Page:
    """A page of a real Chromium, where the administrator is logged in."""
    return logged_in(label_studio.email, label_studio.password)


@pytest.fixture
def open_task(
    label_studio: LabelStudioServer, studio_project: NewStudioProject, page: Page
) -> Open:
    """Opens a template's form of one text, with an answer that stands for a pre-label."""

    def opened(template: str, text: str, answer: str) -> Sheet:
        form = examples.form(template)
        data = form.data_of(text)
        project = studio_project(label_config=form.config, data=[data])
        studio = Studio(label_studio.url, label_studio.token, project)
        [task] = studio.task_ids()
        studio.import_predictions([NewPrediction(task, form.encode(answer, text), 0.5, "v1")])
        page.goto(f"{label_studio.url}/projects/{project}/data?task={task}")
        return Sheet(page, form, text)

    return opened


def test_marks_are_shown_and_changed_where_they_stand_whatever_is_before_them(
    open_task: Open,
) -> None:
    text = "🚲🚲 Anna Berg 🎉\nrode to Lindhafen, to Mill Street."
    before = canonical_json([[3, 12, "Organisation"], [23, 32, "Place"]])
    after = canonical_json([[3, 12, "Person"], [37, 48, "Place"]])
    sheet = open_task("entities", text, before)
    assert sheet.settled(before) == sheet.looks_of(before)
    photograph(sheet.page, "marks")
    sheet.change(before, after)
    assert sheet.settled(after) == sheet.looks_of(after)
    photograph(sheet.page, "marks-changed")
    assert sheet.form.decode(submit(sheet.page)["result"]) == after


def test_what_is_said_of_a_mark_is_shown_and_changed_while_it_is_selected(open_task: Open) -> None:
    text = "🚲 The seats were wide,\nbut the conductor shouted. 40 minutes late."
    seats, conductor, late = [6, 11, "Train"], [31, 40, "Staff"], [50, 65, "Delay"]
    before = {
        "aspects": canonical_json([seats, conductor]),
        "feeling": canonical_json([[*seats, "Positive"], [*conductor, "Neutral"]]),
        "minutes": "[]",
    }
    after = {
        "aspects": canonical_json([seats, conductor, late]),
        "feeling": canonical_json([[*seats, "Positive"], [*conductor, "Negative"]]),
        "minutes": canonical_json([[*late, "40"]]),
    }
    sheet = open_task("aspects", text, canonical_json(before))
    assert sheet.settled(canonical_json(before)) == sheet.looks_of(canonical_json(before))
    with sheet.selected((6, 11, "Train")):
        photograph(sheet.page, "said-of-a-mark")
    sheet.change(canonical_json(before), canonical_json(after))
    assert sheet.settled(canonical_json(after)) == sheet.looks_of(canonical_json(after))
    with sheet.selected((50, 65, "Delay")):
        photograph(sheet.page, "said-of-a-new-mark")
    assert sheet.form.decode(submit(sheet.page)["result"]) == canonical_json(after)


def test_what_no_longer_shows_is_no_answer_though_the_page_still_sends_it(open_task: Open) -> None:
    said = {
        "urgency": "High",
        "wants": canonical_json(["Refund"]),
        "amount": "49.9",
        "matter": canonical_json([["Money", "Invoice"]]),
        "mentions": "[]",
    }
    before, after = (
        canonical_json(said | more) for more in ({}, {"wants": canonical_json(["Information"])})
    )
    sheet = open_task("ticket", "Give me back my 49.90 euros.", before)
    assert sheet.settled(before) == sheet.looks_of(before)
    sheet.change(before, after)
    result = submit(sheet.page)["result"]
    assert {"number": 49.9} in [region["value"] for region in result]
    said.pop("amount")
    assert sheet.form.decode(result) == canonical_json(
        said | {"wants": canonical_json(["Information"])}
    )
