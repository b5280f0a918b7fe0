"""The report tells what became of suspected labels, and how many are still wrong."""

from dataclasses import replace

import pytest

from aggregation.label_errors.estimate import ErrorCount, ErrorEstimate
from tandem.report import ReportData, render
from tandem.report.errors import LabelErrors, MendedLabel
from tests.support.report_pages import Page
from tests.support.simulated_report import simulated_report

ERRORS = LabelErrors(
    given=40,
    waiting=3,
    unanswered=1,
    estimate=ErrorEstimate(
        before=ErrorCount(31.4, 24, 44), after=ErrorCount(12.4, 5, 25), mended=19, confirmed=17
    ),
    mended=[MendedLabel(7, "A text <b>", "Praise", "Billing")],
)


@pytest.fixture(scope="module")
def report() -> ReportData:
    return simulated_report(60)


def test_what_was_mended_and_what_is_left_is_told(report: ReportData) -> None:
    page = Page(render(replace(report, errors=ERRORS)))
    told = page.sections["errors"]
    assert "about 40 labels" in told
    assert "3 of them wait for an answer" in told
    assert "Nobody is left to answer 1" in told
    assert "Mended 19 17 were confirmed" in told
    assert "31 24 to 44" in told
    assert "12 5 to 25" in told
    assert "A text <b> Praise Billing" in told


def test_where_nothing_was_checked_nothing_is_said(report: ReportData) -> None:
    assert "errors" not in Page(render(report)).sections
