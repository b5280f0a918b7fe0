"""The report says what more labels bring, and shows the learning curve."""

from dataclasses import replace

import pytest

from routing.ledger.lessons import Lesson
from routing.planning.learning_curve import Estimate
from routing.standing.learning import CurvePoint, LearningStanding
from tandem.report import ReportData, render
from tandem.standing.learning import learning_lines
from tests.support.learning_standings import HURTS, learning
from tests.support.report_pages import Page
from tests.support.simulated_report import simulated_report


@pytest.fixture(scope="module")
def report() -> ReportData:
    return simulated_report(60)


def page_of(report: ReportData, standing: LearningStanding) -> Page:
    told = replace(report, learning=standing, learning_lines=learning_lines(standing))
    return Page(render(told))


def test_sentences_rules_and_curve_are_shown(report: ReportData) -> None:
    page = page_of(report, learning(HURTS))
    told = page.sections["learning"]
    assert "100 more labels are expected to teach it 1.2 points of accuracy" in told
    assert "Chance is proved to teach more than margin" in told
    assert "label stability kappa between successive lessons" in told
    assert "0.995 from 0.990 stop" in told
    assert "15.0% up to 3.0% go on" in told
    assert "\N{EN DASH} up to 5.0% not known yet" in told
    assert "The plan alone decides" in told
    assert "After 100 answers the model is expected to be right on 80%" in told


@pytest.mark.parametrize(
    ("first", "last", "numbers"),
    [
        (60, 200, "100 150 200"),
        (60, 520, "100 200 300 400 500"),
        (300, 12_400, "2,000 4,000 6,000 8,000 10,000 12,000"),
        (7, 9, "7 8 9"),
    ],
)
def test_the_curve_stands_over_round_numbers_of_answers(
    report: ReportData, first: int, last: int, numbers: str
) -> None:
    ends = [CurvePoint(one, Estimate(0.2, 0.1, 0.3)) for one in (first, last)]
    judged = [Lesson(place, one, 60, 12) for place, one in enumerate((first, last), start=2)]
    page = page_of(report, replace(learning(), curve=ends, lessons=judged))
    assert numbers in " ".join(page.sections["learning"].split())


def test_a_last_lesson_that_was_not_judged_leaves_the_curve_as_it_was(report: ReportData) -> None:
    standing = learning()
    unjudged = Lesson(4, 120, 0, 0)
    page = page_of(report, replace(standing, lessons=[*standing.lessons, unjudged], error=None))
    assert "After 100 answers the model is expected" in page.sections["learning"]


def test_without_a_curve_none_is_drawn(report: ReportData) -> None:
    page = page_of(report, replace(learning(), curve=(), gain=None))
    assert "How the model learns" not in page.sections["learning"]


def test_where_nothing_was_learned_nothing_is_said(report: ReportData) -> None:
    assert "learning" not in Page(render(report)).sections
