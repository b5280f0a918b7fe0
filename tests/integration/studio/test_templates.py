"""Every template: pre-labels are accepted; people see, correct and submit them; all is exported.

Of each template, what Label Studio stores is looked at. On the page, the fewest templates that
hold every control between them are.
"""

import json
from collections.abc import Mapping
from typing import Any

import pytest
from label_studio_sdk.label_interface.interface import LabelInterface
from playwright.sync_api import Page

from labeling.answers.types import AnswerType, spans_of
from labeling.predictions.label_studio_json import from_label_studio
from routing.snapshot.observe import observe
from routing.snapshot.snapshot import Snapshot
from tandem.export.export import export
from tandem.export.outcome import conclude
from tests.integration.studio.conftest import PASSWORD, NewTemplateProject
from tests.support import examples
from tests.support.browser_fixtures import LogIn
from tests.support.examples import TEMPLATES
from tests.support.loops import Person
from tests.support.template_pages import Answered, answer_on_the_page
from tests.support.template_projects import Project

ON_THE_PAGE = ("aspects", "dialogue_acts", "pairwise", "summary", "ticket", "web_page")


def controls_of(template: str) -> set[tuple[str, str]]:
    """The controls of a template: the tag of each, and the type of its answers."""
    return {(one.tag, one.answer_type) for one in examples.form(template).controls}


def test_every_control_of_a_template_is_on_a_page() -> None:
    looked_at = set().union(*map(controls_of, ON_THE_PAGE))
    assert looked_at == set().union(*map(controls_of, TEMPLATES))


@pytest.fixture(scope="module", params=TEMPLATES)
def project(request: pytest.FixtureRequest, new_template_project: NewTemplateProject) -> Project:
    """A project of each template, pre-labelled for Ana, who is to review it all."""
    return new_template_project(request.param)


@pytest.fixture(scope="module", params=ON_THE_PAGE)
def seen(request: pytest.FixtureRequest, new_template_project: NewTemplateProject) -> Project:
    """A project whose page is looked at."""
    return new_template_project(request.param)


@pytest.fixture(scope="module")
def page(logged_in: LogIn, people: tuple[Person, ...]) -> Page:
    """A page of a real Chromium, where Ana is logged in."""
    return logged_in(people[0].email, PASSWORD)


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

    def test_a_marked_span_is_the_text_s_own(self, project: Project) -> None:
        for one in project.predictions:
            item = project.item(one.task)
            texts = project.form.shown(item)
            answers = project.form.answers(project.form.decode(one.result, item) or "")
            for control in project.form.controls:
                if control.answer_type is AnswerType.SPANS:
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


@pytest.fixture(scope="module")
def corrected(seen: Project, page: Page) -> Answered:
    """A pre-labelled task that Ana put right on the page."""
    return answer_on_the_page(seen, page, seen.wrong)


@pytest.fixture(scope="module")
def blind(seen: Project, page: Page) -> Answered:
    """A task that Ana answered where nothing was pre-labelled."""
    return answer_on_the_page(seen, page, seen.untouched)


@pytest.fixture(scope="module")
def snapshot(
    seen: Project,
    corrected: Answered,  # noqa: ARG001 - what there is to see
    blind: Answered,  # noqa: ARG001 - likewise
) -> Snapshot:
    """The next look at the project, after Ana answered."""
    return observe(seen.studio, seen.ledger, seen.settings)


@pytest.fixture(scope="module")
def exported(
    seen: Project, snapshot: Snapshot, tmp_path_factory: pytest.TempPathFactory
) -> Mapping[int, Mapping[str, Any]]:
    """The rows of the exported dataset, by task."""
    file, *_ = export(
        conclude(snapshot).dataset, tmp_path_factory.mktemp("export"), ["jsonl"], seen.form
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
        self, seen: Project, corrected: Answered, blind: Answered
    ) -> None:
        for one in (corrected, blind):
            assert seen.form.decode(one.result, seen.item(one.task)) == one.answer

    def test_the_page_tells_what_it_began_with(
        self, seen: Project, corrected: Answered, blind: Answered
    ) -> None:
        [prediction] = seen.tasks[corrected.task].predictions
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
        seen: Project,
        corrected: Answered,
        blind: Answered,
        exported: Mapping[int, Mapping[str, Any]],
        people: tuple[Person, ...],
    ) -> None:
        assert exported.keys() == seen.tasks.keys()
        for one in (corrected, blind):
            row = exported[one.task]
            assert (row["label"], row["source"]) == (one.answer, "people")
            assert row["text"] == seen.form.read(seen.item(one.task))
            assert row["labelled_by"] == [people[0].email]

    def test_what_nobody_answered_yet_has_none(
        self,
        seen: Project,
        corrected: Answered,
        blind: Answered,
        exported: Mapping[int, Mapping[str, Any]],
    ) -> None:
        for task in seen.tasks.keys() - {corrected.task, blind.task}:
            assert exported[task]["label"] is None
            assert exported[task]["reason"].startswith("waits for 1 of 1 people")
