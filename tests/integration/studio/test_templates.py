"""Every template's pre-labels: accepted by Label Studio, read back, known as the model's."""

import pytest
from label_studio_sdk.label_interface.interface import LabelInterface

from labeling.answers.types import AnswerType, spans_of
from labeling.predictions.label_studio_json import from_label_studio
from tests.integration.studio.conftest import NewTemplateProject
from tests.support import examples
from tests.support.examples import TEMPLATES
from tests.support.template_projects import Project

pytestmark = [pytest.mark.studio, pytest.mark.model]


@pytest.fixture(scope="module", params=TEMPLATES)
def project(request: pytest.FixtureRequest, new_template_project: NewTemplateProject) -> Project:
    """A project of each template, pre-labelled for Ana, who is to review it all."""
    return new_template_project(request.param)


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
