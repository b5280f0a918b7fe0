"""The promise in the report: what is proved, what is not yet, what nothing is said of."""

import json
import math
from dataclasses import asdict, replace
from datetime import timedelta

import pytest

from routing.facts.populations import audit_status, frozen_of, proven
from routing.guarantee.certificate_file import verify, write
from routing.ledger.records import LedgerState, Round
from routing.planning.forecast import Forecast
from tandem.pages.formats import rate
from tandem.report import ReportData, render
from tandem.report.promise import CURVE_POINTS, PromiseStatus, standing
from tandem.words.dictionary import find
from tests.support.certified_population import (
    FREEZE,
    VERSION,
    audited,
    frozen,
    state_of,
    with_tasks,
)
from tests.support.report_pages import Page
from tests.support.simulated_report import simulated_report

SIZE, ANSWERED = 400, 100
TRUTH: dict[int, str | None] = dict.fromkeys(range(1, SIZE + 1), "good")
LEFT = {task: ("bad" if task % 20 == 0 else "good", 0.06) for task in range(ANSWERED + 1, SIZE + 1)}
"""Of 300 open labels 15 are wrong; 40 may be."""


@pytest.fixture(scope="module")
def at_freeze() -> LedgerState:
    return frozen(state_of(dict.fromkeys(TRUTH, "A text.")), LEFT, 0.1)


@pytest.fixture(scope="module")
def in_audit(at_freeze: LedgerState) -> LedgerState:
    return audited(at_freeze, TRUTH, 30)


@pytest.fixture(scope="module")
def certified(at_freeze: LedgerState) -> LedgerState:
    return audited(at_freeze, TRUTH)


@pytest.fixture(scope="module")
def report() -> ReportData:
    return simulated_report(60)


def page(report: ReportData, at: PromiseStatus) -> Page:
    return Page(render(replace(report, standing=at)))


def round_(left: int | None, at: timedelta, **changes: int) -> Round:
    given = {"reviews": 40, "audits": 60, **changes} if left is not None else {}
    return Round(
        2,
        VERSION,
        60,
        given.get("reviews"),
        given.get("audits"),
        left,
        "40 more reviews",
        FREEZE + at,
    )


class TestCertified:
    def test_it_says_what_the_certificate_says(self, certified: LedgerState) -> None:
        population = certified.populations[0]
        [one] = standing(certified, 0.1, 0.05).proofs
        result = json.loads(write(frozen_of(certified, population), proven(certified, population)))[
            "result"
        ]
        assert (one.audits, one.found, one.left, one.bound) == (
            result["audits"],
            result["found"],
            result["unchecked"],
            result["bound"],
        )
        assert one.kept_at == population.kept_at
        assert one.by_people + one.left == SIZE
        assert one.bound <= one.allowed == 40

    def test_the_page_says_it_to_a_manager(
        self, report: ReportData, certified: LedgerState
    ) -> None:
        at = standing(certified, 0.1, 0.05)
        said = page(report, at).sections["promise"]
        assert at.main_proof is not None
        assert "Certified At most 10% of these 400 labels are wrong" in said
        assert "probability of at least 95%" in said
        assert f"keeps {at.main_proof.left} that nobody checked, of which at most 40 differ" in said
        assert "tandem verify certificate-1.json" in said
        assert "14 Mar 2026" in said

    def test_its_certificate_is_verified_as_the_page_says(self, certified: LedgerState) -> None:
        population = certified.populations[0]
        file = write(frozen_of(certified, population), proven(certified, population))
        assert "at most 40" in verify(file)


class TestEvidence:
    def test_it_ends_at_the_evidence_of_now(self, in_audit: LedgerState) -> None:
        [one] = standing(in_audit, 0.1, 0.05).proofs
        assert one.evidence[0].evidence == 0
        last = one.evidence[-1]
        assert (last.audits, last.evidence) == (
            30,
            audit_status(in_audit, in_audit.populations[0]).evidence,
        )
        assert last.evidence < one.needed == pytest.approx(math.log(20))

    def test_it_ends_beyond_the_line_once_it_is_certified(self, certified: LedgerState) -> None:
        [one] = standing(certified, 0.1, 0.05).proofs
        assert one.evidence[-1].evidence >= one.needed
        assert len(one.evidence) <= CURVE_POINTS

    def test_what_is_certain_needs_no_evidence(self) -> None:
        few = state_of(dict.fromkeys(range(1, 21), "A text."))
        kept = audited(frozen(few, {1: ("good", 0.1)}, 0.1), TRUTH, 1)
        [one] = standing(kept, 0.1, 0.05).proofs
        assert one.evidence == ()
        assert json.dumps(asdict(one), default=str, allow_nan=False)

    def test_only_audits_in_the_order_up_to_the_first_open_one_count(
        self, in_audit: LedgerState
    ) -> None:
        checks = [
            replace(one, state="waiting", answer=None) if one.number == 12 else one
            for one in in_audit.checks
        ]
        [one] = standing(replace(in_audit, checks=checks), 0.1, 0.05).proofs
        assert one.audits == 11


class TestNotProvedYet:
    def test_the_bound_of_this_moment_is_told_beside_what_is_allowed(
        self, report: ReportData, in_audit: LedgerState
    ) -> None:
        more = Forecast(0.1, 0, 55, 215, 55.0, 30.0, 90.0, is_worth=True)
        at = standing(in_audit, 0.1, 0.05, to_come={1: more})
        read = page(report, at)
        said = read.sections["promise"]
        assert at.main_proof is not None
        assert at.main_proof.bound > at.main_proof.allowed
        assert "Being audited" in said
        assert "not proved yet" in said
        assert f"{at.main_proof.bound} may be wrong by what is known, and 40 are allowed" in said
        assert "About 55 more audits" in said
        assert "Certified At" not in said
        assert "still being audited" in read.sections["summary"]

    def test_an_answer_that_cannot_be_told_is_no_proof(self, at_freeze: LedgerState) -> None:
        known = standing(audited(at_freeze, TRUTH, 30), 0.1, 0.05).proofs[0]
        lost = standing(audited(at_freeze, dict.fromkeys(TRUTH), 30), 0.1, 0.05).proofs[0]
        assert lost.evidence[-1].evidence < known.evidence[-1].evidence
        assert lost.bound > known.bound


class TestBeforeTheFreeze:
    def test_there_is_no_forecast_before_people_answered(self, report: ReportData) -> None:
        said = page(report, standing(state_of({1: "A text."}), 0.05, 0.05)).sections["promise"]
        assert "Not frozen yet" in said
        assert "There is no forecast yet: people begin with a random sample." in said

    def test_the_forecast_of_the_last_round_is_told(self, report: ReportData) -> None:
        state = state_of(dict.fromkeys(TRUTH, "A text."), (round_(200, timedelta(0)),))
        said = page(report, standing(state, 0.05, 0.05)).sections["promise"]
        assert "40 more reviews and about 60 audits will prove it" in said
        assert "leave 200 labels to the model" in said

    def test_it_says_early_that_a_promise_cannot_be_made(self, report: ReportData) -> None:
        few = round_(20, timedelta(0), reviews=380, audits=0)
        state = state_of(dict.fromkeys(TRUTH, "A text."), (few,))
        said = page(report, standing(state, 0.05, 0.05)).sections["promise"]
        assert "cannot be promised with the model's help" in said


class TestLaterTasks:
    def test_they_are_a_population_of_their_own(
        self, report: ReportData, certified: LedgerState
    ) -> None:
        grown = with_tasks(certified, *range(1000, 1100))
        at = standing(grown, 0.02, 0.01)
        assert at.unfrozen is not None
        assert (at.unfrozen.number, at.unfrozen.promise.size) == (2, 100)
        assert at.unfrozen.promise.allowed == 2
        assert at.proofs == standing(certified, 0.1, 0.05).proofs
        said = page(report, at).sections["promise"]
        assert "100 tasks came after the freeze and are a population of their own" in said

    def test_a_round_before_the_freeze_forecasts_nothing_of_them(
        self, certified: LedgerState
    ) -> None:
        grown = with_tasks(certified, 1000)
        before = replace(grown, rounds=[round_(200, timedelta(hours=-1))])
        after = replace(grown, rounds=[round_(200, timedelta(hours=1))])
        assert [
            one.unfrozen and one.unfrozen.left
            for one in (standing(before, 0.1, 0.05), standing(after, 0.1, 0.05))
        ] == [None, 200]


class TestTheMainThing:
    """Of several populations the one that holds the most tasks leads."""

    def test_a_few_later_tasks_do_not_hide_the_others(
        self, report: ReportData, in_audit: LedgerState
    ) -> None:
        at = standing(with_tasks(in_audit, *range(1000, 1005)), 0.1, 0.05)
        read = page(report, at)
        [proof] = at.proofs
        assert at.main == proof
        summary, promise = read.sections["summary"], read.sections["promise"]
        assert f"at most {rate(proof.bound / SIZE)} {proof.bound} of {SIZE}" in summary
        assert "population 1" in summary
        assert promise.index("Being audited") < promise.index("Later tasks")

    def test_a_few_frozen_ones_do_not_hide_many_later_ones(
        self, report: ReportData, certified: LedgerState
    ) -> None:
        at = standing(with_tasks(certified, *range(1000, 1000 + SIZE + 1)), 0.1, 0.05)
        read = page(report, at)
        assert at.main == at.unfrozen
        assert "not known yet" in read.sections["summary"]
        assert read.sections["promise"].index("Later tasks") < read.sections["promise"].index(
            "Certified At most"
        )

    def test_a_small_second_population_that_is_frozen_does_not_lead_either(
        self, report: ReportData, in_audit: LedgerState
    ) -> None:
        later = range(1000, 1005)
        grown = frozen(with_tasks(in_audit, *later), dict.fromkeys(later, ("good", 0.1)), 0.1)
        at = standing(grown, 0.1, 0.05)
        assert at.main == at.main_proof == at.proofs[0]
        assert f"of {SIZE}" in page(report, at).sections["summary"]

    def test_the_table_lists_all_of_them_with_totals(
        self, report: ReportData, in_audit: LedgerState
    ) -> None:
        later = range(1000, 1005)
        grown = frozen(with_tasks(in_audit, *later), dict.fromkeys(later, ("good", 0.1)), 0.1)
        at = standing(with_tasks(grown, 2000, 2001), 0.1, 0.05)
        totals, bounds = at.totals, [one.bound for one in at.proofs]
        assert (totals.tasks, totals.audits, totals.bound) == (SIZE + 7, 30, sum(bounds))
        assert totals.left == sum(one.left for one in at.proofs)
        said = page(report, at).sections["promise"]
        assert f"All {SIZE + 7}" in said
        assert "Together the bounds hold with a probability of at least 90%" in said

    def test_a_lone_population_needs_no_totals(
        self, report: ReportData, in_audit: LedgerState
    ) -> None:
        assert "All 400" not in page(report, standing(in_audit, 0.1, 0.05)).sections["promise"]

    def test_the_page_begins_with_sentences_and_what_is_next(self, report: ReportData) -> None:
        said = replace(report, sentences=("300 texts are in audit.",), next_step="Ada audits 8.")
        read = Page(render(said))
        assert next(iter(read.sections)) == "standing"
        assert read.sections["standing"].split() == (
            ["300", "texts", "are", "in", "audit.", "Next:", "Ada", "audits", "8."]
        )


class TestWords:
    def test_they_say_what_they_mean_where_they_stand(self, report: ReportData) -> None:
        read = Page(render(report))
        terms = [one for one in read.all("abbr") if one.get("class") == "term"]
        assert {find(word).plain for word in ("audit", "certified", "population", "stray")} <= {
            one["title"] for one in terms
        }
        assert all(one["tabindex"] == "0" for one in terms), "the keyboard reaches them"


class TestOtherPromises:
    def test_people_alone_and_what_is_worth_it_are_drawn(self, report: ReportData) -> None:
        alone = Forecast(0.0, 400, 0, 0, 400.0, 400.0, 400.0, is_worth=False)
        tight = Forecast(0.01, 380, 20, 2, 398.0, 398.0, 400.0, is_worth=False)
        loose = Forecast(0.05, 100, 80, 220, 180.0, 120.0, 260.0, is_worth=True)
        at = standing(state_of({1: "A text."}), 0.05, 0.05, [alone, tight, loose])
        said = page(report, at).sections["pareto"]
        assert "people alone" in said
        assert "5%: 180 (120 to 260)" in said
        assert "1%: 398" not in said

    def test_without_any_that_is_worth_it_nothing_is_drawn(self, report: ReportData) -> None:
        alone = Forecast(0.0, 400, 0, 0, 400.0, 400.0, 400.0, is_worth=False)
        at = standing(state_of({1: "A text."}), 0.05, 0.05, [alone])
        assert "pareto" not in page(report, at).sections
