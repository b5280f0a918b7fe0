"""Every template from its tasks to its labels: pre-labelled, corrected on the page, exported."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import pytest
from label_studio_sdk.label_interface.interface import LabelInterface
from playwright.sync_api import Page

from labeling.answers import Kind, spans_of, written
from labeling.controls import Region
from labeling.form import Form
from labeling.settings import Settings
from labeling.storing import from_label_studio
from routing.backend import BackendClient
from routing.ledger import Ledger
from routing.observe import Scene, observe
from routing.studio import Studio
from routing.studio.records import NewPrediction, StudioPrediction, StudioTask
from routing.sync import SyncReport, sync
from tandem.demo.backend import BackendServer
from tandem.demo.label_studio import LabelStudioServer
from tandem.export import export
from tandem.outcome import conclude
from tests import examples
from tests.conftest import NewStudioProject, lacking
from tests.examples import TEMPLATES
from tests.studio.answering import Looks, Sheet
from tests.studio.browsing import browsing, find_chromium, log_in, photograph, submit
from tests.studio.conftest import PASSWORD, PLAIN_POLICY
from tests.studio.loops import MODEL_USER, Person

pytestmark = [pytest.mark.studio, pytest.mark.browser, pytest.mark.model]

Open: TypeAlias = Callable[[str, str, str], Sheet]

BRIEF = {"TANDEM_WRITING__TEXT_TOKENS": "16", "TANDEM_WRITING__SPAN_TOKENS": "24"}
"""What the model may write, so that it takes seconds."""

PRE_LABELLED = 4
"""Tasks of each template that the model answers; one more is answered by a person alone."""


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


@dataclass(frozen=True)
class Project:
    """A template's project, in which all tasks but the last are pre-labelled.

    Attributes:
        tasks: The tasks with their pre-labels, by id.
        report: Of the pass that pre-labelled them.
    """

    template: str
    studio: Studio
    backend: BackendClient
    ledger: Ledger
    settings: Settings
    tasks: Mapping[int, StudioTask]
    report: SyncReport

    @property
    def form(self) -> Form:
        return examples.form(self.template)

    @property
    def predictions(self) -> list[StudioPrediction]:
        return [one for task in self.tasks.values() for one in task.predictions]

    def item(self, task: int) -> str:
        return self.form.text_of(self.tasks[task].data)

    def gold(self, task: int) -> str:
        """The right answer to a task."""
        [wanted] = [
            examples.gold(self.template, one)
            for one in examples.tasks(self.template)
            if self.form.text_of(one["data"]) == self.item(task)
        ]
        return wanted

    def pre_label(self, task: int) -> str | None:
        """The model's answer to a task; None where it has none."""
        return next(
            (self.form.decode(one.result, self.item(task)) for one in self.tasks[task].predictions),
            None,
        )

    @property
    def wrong(self) -> int:
        """A task that the model answered, and where there is one, wrongly."""
        answered = [task for task, seen in self.tasks.items() if seen.predictions]
        return min(answered, key=lambda task: self.pre_label(task) == self.gold(task))

    @property
    def untouched(self) -> int:
        """The task that was never pre-labelled."""
        return max(self.tasks)


@pytest.fixture(scope="module")
def backend(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BackendClient]:
    """A backend with the bundled model."""
    with BackendServer(tmp_path_factory.mktemp("backend"), **BRIEF) as server:
        yield BackendClient(server.url)


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
def project(
    request: pytest.FixtureRequest,
    label_studio: LabelStudioServer,
    backend: BackendClient,
    people: tuple[Person, ...],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Project]:
    """A project of each template, pre-labelled for Ana, who is to review it all."""
    template: str = request.param
    config, instruction = examples.config(template), examples.instruction(template)
    door = Studio(label_studio.url, label_studio.token)
    made = door.create_project(f"Template {template}", config, instruction)
    studio = Studio(label_studio.url, label_studio.token, made.id)
    *pre_labelled, untouched = examples.tasks(template)[: PRE_LABELLED + 1]
    settings = Settings.model_validate(
        {
            "studio": {"model_user": MODEL_USER},
            "backend": {"url": backend.url},
            "policy": PLAIN_POLICY,
            "reviewers": [{"email": people[0].email}],
        }
    )
    ledger = Ledger(f"sqlite:///{tmp_path_factory.mktemp(template)}/ledger.sqlite3", made.id)
    studio.import_tasks([one["data"] for one in pre_labelled])
    report = sync(studio, backend, ledger, settings)
    studio.import_tasks([untouched["data"]])
    tasks = {task.id: task for task in studio.tasks()}
    yield Project(template, studio, backend, ledger, settings, tasks, report)
    ledger.close()


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
def scene(
    project: Project,
    corrected: Answered,  # noqa: ARG001 - what there is to see
    blind: Answered,  # noqa: ARG001 - likewise
) -> Scene:
    """The next look at the project, after Ana answered."""
    return observe(project.studio, project.backend, project.ledger, project.settings)


@pytest.fixture(scope="module")
def exported(
    project: Project, scene: Scene, tmp_path_factory: pytest.TempPathFactory
) -> Mapping[int, Mapping[str, Any]]:
    """The rows of the exported dataset, by task."""
    file, *_ = export(
        conclude(scene).dataset, tmp_path_factory.mktemp("export"), ["jsonl"], project.form
    )
    rows = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
    return {row["task"]: row for row in rows}


class TestPreLabels:
    def test_every_task_has_one_or_a_line_that_says_why_not(self, project: Project) -> None:
        failed = project.report.failed
        asked = project.tasks.keys() - {project.untouched}
        assert {task for task in asked if not project.tasks[task].predictions} == failed.keys()
        assert all(why.strip() and "\n" not in why for why in failed.values())
        stored = len(project.predictions)
        assert stored == project.report.labelled == project.studio.project().prediction_count
        assert 0 < stored == len(asked) - len(failed)

    def test_label_studio_s_own_check_accepts_them(self, project: Project) -> None:
        interface = LabelInterface(examples.config(project.template))
        for one in project.predictions:
            stored = {"result": one.result, "score": one.score, "model_version": one.model_version}
            errors = interface.validate_prediction(  # type: ignore[no-untyped-call]
                stored, return_errors=True
            )
            assert errors == []

    def test_each_is_an_answer_and_says_what_is_believed_of_it(self, project: Project) -> None:
        for one in project.predictions:
            payload = {"result": one.result, "score": one.score, "model_version": one.model_version}
            answer = project.form.decode(one.result, project.item(one.task))
            assert answer is not None
            # Of an empty answer there is no region that could carry more than the score.
            if one.result:
                prediction = from_label_studio(project.form, payload, project.item(one.task))
                assert (prediction.answer, prediction.confidence) == (answer, one.score)
                assert prediction.parts.keys() == project.form.answers(answer).keys()

    def test_a_marked_stretch_is_the_text_s_own(self, project: Project) -> None:
        for one in project.predictions:
            item = project.item(one.task)
            texts = project.form.shown(item)
            answers = project.form.answers(project.form.decode(one.result, item) or "")
            for control in project.form.controls:
                if control.kind is Kind.SPANS:
                    marked = [r for r in one.result if r["from_name"] == control.from_name]
                    spans = spans_of(answers[control.from_name])
                    text = texts[control.to_name]
                    assert [r["value"]["text"] for r in marked] == [text[s:e] for s, e, _ in spans]


def test_every_pre_label_is_known_as_the_model_s(project: Project) -> None:
    """One that found nothing has no region to say so."""
    known = project.ledger.state().predictions
    assert len(known) == len(project.predictions)
    assert all(one.answer is not None and one.calibrator is not None for one in known)
    assert {project.studio.project().model_version} == {one.model_version for one in known}


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
        scene: Scene,
        people: tuple[Person, ...],
    ) -> None:
        mirrored = {one.task: one for one in scene.state.annotations}
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
