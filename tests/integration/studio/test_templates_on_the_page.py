"""Every template on the page: seen, put right and submitted by a person, and exported."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import pytest
from playwright.sync_api import Page

from labeling.answers.types import written
from labeling.controls import Region
from routing.snapshot.observe import observe
from routing.snapshot.snapshot import Snapshot
from routing.studio import Studio
from routing.studio.models import NewPrediction
from tandem.export.export import export
from tandem.export.outcome import conclude
from tandem.servers.label_studio import LabelStudioServer
from tests.conftest import NewStudioProject, lacking
from tests.integration.studio.conftest import PASSWORD, NewTemplateProject
from tests.support import examples
from tests.support.browser import browsing, find_chromium, log_in, photograph, submit
from tests.support.examples import TEMPLATES
from tests.support.loops import Person
from tests.support.studio_pages import Looks, Sheet
from tests.support.template_projects import Project

pytestmark = [pytest.mark.studio, pytest.mark.browser, pytest.mark.model]

Open: TypeAlias = Callable[[str, str, str], Sheet]


@dataclass(frozen=True)
class Answered:
    """A task that a person answered on the page.

    Attributes:
        task: Its id.
        seen: How the form looked when the person opened it.
        expected: How it should have looked.
        filled: How it looked when the person submitted it.
        wanted: How the right answer looks.
        answer: The right answer.
        result: What the page made of it.
        prediction: The prediction that the page says it began with.
    """

    task: int
    seen: Looks
    expected: Looks
    filled: Looks
    wanted: Looks
    answer: str
    result: Sequence[Region]
    prediction: int | None


@pytest.fixture(scope="module")
def page(label_studio: LabelStudioServer, people: tuple[Person, ...]) -> Iterator[Page]:
    """A page of a real Chromium, where Ana is logged in."""
    program = find_chromium()
    if program is None:
        lacking("Chromium is not installed, so no page can be looked at (apt-get install chromium)")
    with browsing(program) as page:
        log_in(page, label_studio.url, people[0].email, PASSWORD)
        yield page


@pytest.fixture(scope="module", params=TEMPLATES)
def project(request: pytest.FixtureRequest, new_template_project: NewTemplateProject) -> Project:
    """A project of each template, pre-labelled for Ana, who is to review it all."""
    return new_template_project(request.param)


def answer_on_the_page(project: Project, page: Page, task: int) -> Answered:
    """Open a task, put its form right by hand, and submit it."""
    before, gold = project.pre_label(task), project.gold(task)
    page.goto(f"{project.studio.url}/projects/{project.studio.project_id}/data?task={task}")
    sheet = Sheet(page, project.form, project.item(task))
    kind = "blind" if before is None else "pre-label"
    seen = sheet.settled(before)
    photograph(page, f"template-{project.template}-{kind}")
    sheet.change(before, gold)
    filled = sheet.settled(gold)
    photograph(page, f"template-{project.template}-{kind}-corrected")
    made = submit(page)
    return Answered(
        task=task,
        seen=seen,
        expected=sheet.looks_of(before),
        filled=filled,
        wanted=sheet.looks_of(gold),
        answer=gold,
        result=made["result"],
        prediction=made["parent_prediction"],
    )


@pytest.fixture(scope="module")
def corrected(project: Project, page: Page) -> Answered:
    """A pre-labelled task that Ana put right on the page."""
    return answer_on_the_page(project, page, project.wrong)


@pytest.fixture(scope="module")
def blind(project: Project, page: Page) -> Answered:
    """A task that Ana answered where nothing was pre-labelled."""
    return answer_on_the_page(project, page, project.untouched)


@pytest.fixture(scope="module")
def snapshot(
    project: Project,
    corrected: Answered,  # noqa: ARG001 - what there is to see
    blind: Answered,  # noqa: ARG001 - likewise
) -> Snapshot:
    """The next look at the project, after Ana answered."""
    return observe(project.studio, project.ledger, project.settings)


@pytest.fixture(scope="module")
def exported(
    project: Project, snapshot: Snapshot, tmp_path_factory: pytest.TempPathFactory
) -> Mapping[int, Mapping[str, Any]]:
    """The rows of the exported dataset, by task."""
    file, *_ = export(
        conclude(snapshot).dataset, tmp_path_factory.mktemp("export"), ["jsonl"], project.form
    )
    rows = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
    return {row["task"]: row for row in rows}


class TestOnThePage:
    def test_the_pre_label_is_shown(self, corrected: Answered) -> None:
        assert corrected.seen == corrected.expected

    def test_without_a_pre_label_nothing_is(self, blind: Answered) -> None:
        assert blind.seen == blind.expected

    def test_a_person_can_put_it_right(self, corrected: Answered, blind: Answered) -> None:
        assert (corrected.filled, blind.filled) == (corrected.wanted, blind.wanted)

    def test_what_the_page_writes_is_read_as_the_answer(
        self, project: Project, corrected: Answered, blind: Answered
    ) -> None:
        for one in (corrected, blind):
            assert project.form.decode(one.result, project.item(one.task)) == one.answer

    def test_the_page_tells_what_it_began_with(
        self, project: Project, corrected: Answered, blind: Answered
    ) -> None:
        [prediction] = project.tasks[corrected.task].predictions
        assert (corrected.prediction, blind.prediction) == (prediction.id, None)


class TestLabels:
    def test_the_ledger_holds_the_person_s_answer(
        self,
        corrected: Answered,
        blind: Answered,
        snapshot: Snapshot,
        people: tuple[Person, ...],
    ) -> None:
        mirrored = {one.task: one for one in snapshot.state.annotations}
        assert mirrored.keys() == {corrected.task, blind.task}
        for one in (corrected, blind):
            found = mirrored[one.task]
            assert (found.answer, found.kind) == (one.answer, "person")
            assert (found.worker_id, found.parent_prediction) == (people[0].id, one.prediction)

    def test_the_export_has_it_as_the_label(
        self,
        project: Project,
        corrected: Answered,
        blind: Answered,
        exported: Mapping[int, Mapping[str, Any]],
        people: tuple[Person, ...],
    ) -> None:
        assert exported.keys() == project.tasks.keys()
        for one in (corrected, blind):
            row = exported[one.task]
            assert (row["label"], row["source"]) == (one.answer, "people")
            assert row["text"] == project.form.read(project.item(one.task))
            assert row["labelled_by"] == [people[0].email]

    def test_what_nobody_answered_yet_has_none(
        self,
        project: Project,
        corrected: Answered,
        blind: Answered,
        exported: Mapping[int, Mapping[str, Any]],
    ) -> None:
        for task in project.tasks.keys() - {corrected.task, blind.task}:
            assert exported[task]["label"] is None
            assert exported[task]["reason"].startswith("waits for 1 of 1 people")


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
    before = written([[3, 12, "Organisation"], [23, 32, "Place"]])
    after = written([[3, 12, "Person"], [37, 48, "Place"]])
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
        "aspects": written([seats, conductor]),
        "feeling": written([[*seats, "Positive"], [*conductor, "Neutral"]]),
        "minutes": "[]",
    }
    after = {
        "aspects": written([seats, conductor, late]),
        "feeling": written([[*seats, "Positive"], [*conductor, "Negative"]]),
        "minutes": written([[*late, "40"]]),
    }
    sheet = open_task("aspects", text, written(before))
    assert sheet.settled(written(before)) == sheet.looks_of(written(before))
    with sheet.selected((6, 11, "Train")):
        photograph(sheet.page, "said-of-a-mark")
    sheet.change(written(before), written(after))
    assert sheet.settled(written(after)) == sheet.looks_of(written(after))
    with sheet.selected((50, 65, "Delay")):
        photograph(sheet.page, "said-of-a-new-mark")
    assert sheet.form.decode(submit(sheet.page)["result"]) == written(after)


def test_what_no_longer_shows_is_no_answer_though_the_page_still_sends_it(open_task: Open) -> None:
    said = {
        "urgency": "High",
        "wants": written(["Refund"]),
        "amount": "49.9",
        "matter": written([["Money", "Invoice"]]),
        "mentions": "[]",
    }
    before, after = (written(said | more) for more in ({}, {"wants": written(["Information"])}))
    sheet = open_task("ticket", "Give me back my 49.90 euros.", before)
    assert sheet.settled(before) == sheet.looks_of(before)
    sheet.change(before, after)
    result = submit(sheet.page)["result"]
    assert {"number": 49.9} in [region["value"] for region in result]
    said.pop("amount")
    assert sheet.form.decode(result) == written(said | {"wants": written(["Information"])})
