"""The report says what the annotator was asked, and shows how good it is of each label."""

from dataclasses import replace

import pytest

from routing.standing.annotator import AnnotatorStanding, LabelSkill
from tandem.report import ReportData, render
from tandem.standing.annotator import annotator_lines
from tests.support.report_pages import Page
from tests.support.simulated_report import simulated_report

STANDING = AnnotatorStanding(
    model="large-model",
    labelled=320,
    drawn=45,
    spent=36.5,
    budget=50.0,
    saved=120.4,
    weight=0.9,
    skills=[LabelSkill("good", texts=20, right=18, accuracy=0.89, low=0.7, high=0.98)],
)


@pytest.fixture(scope="module")
def report() -> ReportData:
    return simulated_report(60)


def test_sentences_and_skills_are_shown(report: ReportData) -> None:
    lines = annotator_lines(STANDING)
    page = Page(render(replace(report, annotator=STANDING, annotator_lines=lines)))
    told = page.sections["annotator"]
    assert "large-model labelled 320 open texts" in told
    assert "good 20 18 89% 70% to 98%" in told


def test_without_one_there_is_no_section(report: ReportData) -> None:
    assert "annotator" not in Page(render(report)).sections
