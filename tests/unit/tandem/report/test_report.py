"""The report: numbers agree with the data, the page with the numbers; no text can break it."""

from dataclasses import replace

import pytest

from aggregation.beliefs import Belief
from aggregation.dataset.tasks import Item
from aggregation.votes import Answer
from labeling.settings.sections import CostSettings
from tandem.pages.formats import LONGEST_EXCERPT, excerpt, hours, money, percent, points, rate
from tandem.report import ReportData, render
from tests.support.certified_population import VERSION
from tests.support.datasets import build, collect
from tests.support.report_pages import Page
from tests.support.simulated_report import LABELS, NOON, comparison, simulated_report

HOSTILE = '<script>alert("1")</script> & {{ 7 * 7 }} \u202etxt <svg onload=x> </style>'


@pytest.fixture(scope="module")
def report() -> ReportData:
    return simulated_report(comparison=comparison())


@pytest.fixture(scope="module")
def page(report: ReportData) -> Page:
    return Page(render(report))


def nothing_yet() -> ReportData:
    return collect(
        build([], [], {}, {}, labels=LABELS),
        title="New project",
        labels=LABELS,
        rounds=[],
        costs=CostSettings(),
        at=NOON,
    )


class TestNumbers:
    def test_items_are_counted_once_by_who_labelled_them(self, report: ReportData) -> None:
        counts = report.counts
        assert counts.items == 480
        assert counts.model + counts.people + counts.both + counts.unresolved == counts.items
        assert counts.human_labels == sum(reviewer.votes for reviewer in report.reviewers)

    def test_costs_are_those_of_the_answers_and_the_predictions(self, report: ReportData) -> None:
        costs, spending = CostSettings(), report.spending
        human = report.counts.human_labels * costs.human_label
        assert spending.cost == pytest.approx(human + 480 * costs.model_label)
        assert spending.cost_alone == pytest.approx(480 * 3 * costs.human_label)
        assert spending.saved == pytest.approx(spending.cost_alone - spending.cost)
        assert 0 < spending.hours < spending.hours_alone

    def test_time_that_was_not_measured_is_assumed(self) -> None:
        answers = [
            Answer(1, "ann", "Praise", "person", NOON, 60.0),
            Answer(2, "ann", "Praise", "person", NOON, None),
        ]
        dataset = build([Item(1, "a"), Item(2, "b")], answers, {}, {}, labels=LABELS)
        costs = CostSettings(seconds_per_label=12.0)
        spending = collect(
            dataset, title="", labels=LABELS, rounds=[], costs=costs, at=NOON
        ).spending
        assert spending.hours == pytest.approx(72 / 3600)
        assert spending.timed == 0.5

    def test_pay_by_the_hour_is_for_the_time_that_answers_take(self) -> None:
        answers = [Answer(task, "ann", "Praise", "person", NOON, 36.0) for task in range(10)]
        dataset = build([Item(task, "a") for task in range(10)], answers, {}, {}, labels=LABELS)
        costs = CostSettings(pay_per_hour=20.0)
        spending = collect(
            dataset, title="", labels=LABELS, rounds=[], costs=costs, at=NOON
        ).spending
        assert spending.cost == pytest.approx(2.0)
        assert spending.cost_alone == pytest.approx(6.0)

    def test_the_confidences_cover_every_prediction(self, report: ReportData) -> None:
        assert sum(b.accepted + b.reviewed + b.undecided for b in report.confidences) == 480
        assert sum(b.accepted for b in report.confidences) == report.counts.model
        assert report.confidences[-1].high == 1.0

    def test_calibration_and_confusion_are_over_the_checked_items(self, report: ReportData) -> None:
        assert report.calibration is not None
        assert report.confusion is not None
        checked = sum(map(sum, report.confusion.counts))
        assert report.calibration.checked == checked == report.counts.both + report.counts.people
        agreeing = sum(row[i] for i, row in enumerate(report.confusion.counts))
        assert report.calibration.accuracy == pytest.approx(agreeing / checked)
        assert sum(b.count for b in report.calibration.bins) == checked

    def test_the_curve_ends_with_the_whole_project(self, report: ReportData) -> None:
        coverages = [point.coverage for point in report.curve]
        assert coverages == sorted(coverages)
        assert coverages[-1] == pytest.approx(1.0)
        assert all(point.low <= point.accuracy <= point.high for point in report.curve)
        assert report.curve[0].accuracy > report.curve[-1].accuracy

    def test_the_curve_is_reweighted_to_the_whole_project(self) -> None:
        """All doubtful items are checked and few sure ones, yet both count by their number."""
        sure, unsure = Belief("A", 0.9, {}, VERSION, True), Belief("A", 0.3, {}, VERSION, True)
        beliefs = {task: sure if task < 90 else unsure for task in range(100)}
        answers = [
            Answer(task, "ann", "A" if task < 90 else "B", "person", NOON)
            for task in (*range(10), *range(90, 100))
        ]
        items = [Item(task, "text") for task in range(100)]
        points = collect(
            build(items, answers, beliefs, {}, labels=("A", "B")),
            title="",
            labels=("A", "B"),
            rounds=[],
            costs=CostSettings(),
            at=NOON,
        ).curve
        assert [(p.coverage, p.accuracy) for p in points] == [
            pytest.approx((0.9, 1.0)),
            pytest.approx((1.0, 0.9)),
        ]

    def test_a_reviewer_who_only_skipped_is_listed(self, report: ReportData) -> None:
        by_name = {reviewer.worker: reviewer for reviewer in report.reviewers}
        cyd = by_name["cyd.roy@example.org"]
        assert (cyd.skipped, cyd.strays) == (17, 3)
        assert cyd.skill is not None
        ann_skill = by_name["ann.lee@example.org"].skill
        assert ann_skill is not None
        assert ann_skill > cyd.skill

    def test_the_hardest_items_are_the_least_sure(self, report: ReportData) -> None:
        confidences = [item.confidence or 0.0 for item in report.hardest]
        assert confidences == sorted(confidences)
        assert all(item.votes for item in report.hardest)


class TestCaveats:
    def test_reviews_showed_the_pre_label_and_audits_are_drawn_unevenly(
        self, report: ReportData
    ) -> None:
        assert any("reviews show the model's label" in caveat for caveat in report.caveats)
        assert any("doubtful labels more often" in caveat for caveat in report.caveats)
        assert any(f"the labels that {VERSION} gave" in caveat for caveat in report.caveats)

    def test_uncalibrated_confidence_is_called_so(self) -> None:
        belief = Belief("Praise", 0.9, {}, VERSION, calibrated=False)
        dataset = build([Item(1, "a")], [], {1: belief}, {}, labels=LABELS)
        report = collect(
            dataset, title="t", labels=LABELS, rounds=[], costs=CostSettings(), at=NOON
        )
        assert [(b.accepted, b.reviewed) for b in report.confidences if b.undecided] == [(0, 0)]
        assert any("uncalibrated" in caveat for caveat in report.caveats)
        sections = Page(render(report)).sections
        assert "uncalibrated confidence" in sections["confidence"]
        assert "not decided yet" in sections["confidence"]
        assert "not known yet" in sections["summary"]


class TestPage:
    def test_it_has_all_sections(self, page: Page) -> None:
        assert list(page.sections) == [
            "promise",
            "evidence",
            "pareto",
            "summary",
            "comparison",
            "anchoring",
            "truth",
            "confidence",
            "reliability",
            "automation",
            "confusion",
            "reviewers",
            "hardest",
            "rounds",
            "caveats",
        ]

    def test_it_needs_no_network_and_runs_no_script(self, page: Page) -> None:
        assert not list(page.all("script"))
        assert not list(page.all("link"))
        assert not list(page.all("img"))
        assert not [a for _, a in page.tags if "src" in a or "href" in a]
        policies = [m["content"] for m in page.all("meta") if "http-equiv" in m]
        assert policies == ["default-src 'none'; style-src 'unsafe-inline'"]

    def test_it_is_small(self, report: ReportData) -> None:
        assert len(render(report).encode()) < 60_000

    def test_it_says_the_numbers(self, report: ReportData, page: Page) -> None:
        summary = page.sections["summary"]
        assert report.standing.main_proof is not None
        assert f"{report.standing.main_proof.bound} of 480" in summary
        assert percent(report.counts.automated) in summary
        assert money(report.spending.cost, "$") in summary
        assert "95.1%" in page.sections["comparison"]
        assert report.calibration is not None
        assert f"ECE {report.calibration.ece:.3f}" in page.sections["reliability"]
        assert "ann.lee@example.org" in page.sections["reviewers"]
        assert VERSION in page.sections["rounds"]
        assert "84 more reviews and 90 audits are to leave 240" in page.sections["rounds"]

    def test_charts_and_tables_can_be_heard(self, page: Page) -> None:
        charts = [svg for svg in page.all("svg") if svg["class"] == "chart"]
        ids = {a["id"] for a in (*page.all("title"), *page.all("desc")) if "id" in a}
        assert len(charts) == 5
        for chart in charts:
            assert chart["role"] == "img"
            assert set((chart["aria-labelledby"] or "").split()) <= ids
        assert all(svg.get("aria-label") for svg in page.all("svg") if svg not in charts)
        assert all(th["scope"] in ("col", "row") for th in page.all("th"))
        assert next(page.all("html"))["lang"] == "en"

    def test_hostile_texts_stay_texts(self) -> None:
        hostile = simulated_report(60, texts=(HOSTILE,), title=HOSTILE)
        names = [replace(reviewer, worker=HOSTILE) for reviewer in hostile.reviewers]
        html = render(replace(hostile, reviewers=names, model_version=HOSTILE))
        read = Page(html)
        assert "<script>" not in html
        assert html.count("</style>") == 1
        assert not list(read.all("script"))
        assert not [a for _, a in read.tags if any(name.startswith("on") for name in a)]
        assert "{{ 7 * 7 }}" in read.sections["hardest"]
        assert 'alert("1")' in read.sections["reviewers"]

    def test_a_project_without_anything_has_a_page_too(self) -> None:
        read = Page(render(nothing_yet()))
        assert "Nobody has answered yet." in read.sections["reviewers"]
        assert "No round was run yet." in read.sections["rounds"]
        assert "no tasks to promise anything of" in read.sections["promise"]
        assert "comparison" not in read.sections


def test_numbers_are_written_for_people() -> None:
    assert [percent(p) for p in (0, 0.001, 0.42, 0.999, 1)] == ["0%", "<1%", "42%", ">99%", "100%"]
    assert [rate(p) for p in (0.05, 0.125, 0.975, 1 - 0.0005)] == ["5%", "12.5%", "97.5%", "99.95%"]
    assert [points(p) for p in (-0.07, 0.001, 0.12)] == ["\N{MINUS SIGN}7", "0", "+12"]
    assert money(-1234.5, "$") == "\N{MINUS SIGN}$1,234.50"
    assert money(3, "EUR") == "3.00 EUR"
    assert (hours(0.5), hours(12.34)) == ("30 min", "12.3 h")
    assert len(excerpt("x" * 999)) == LONGEST_EXCERPT
