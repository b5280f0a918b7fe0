"""What a check finds is told in words, each label with its reason in one line."""

import csv
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest

from aggregation.label_errors.records import ErrorKind, Suspicion
from labeling.form.equivalence import Equivalence
from labeling.settings.sections import ControlSettings
from routing.label_check.held_out_beliefs import with_held_out_beliefs
from tandem.check.files import write_findings
from tandem.check.findings import NOT_IN_TEXT, CheckResult, check, reason_of
from tandem.check.model_reasons import with_model_reasons
from tests.support.labelled_project import (
    REASON,
    TASKS,
    WRONG,
    KnowingBackend,
    labelled_project,
    look,
)
from tests.support.labelled_projects import SPANS, WRITTEN, LabelledProject
from tests.support.report_pages import Page


@pytest.fixture
def result(tmp_path: Path) -> CheckResult:
    snapshot = look(labelled_project(tmp_path), dry_run=True)
    return check(with_held_out_beliefs(snapshot, cast(Any, KnowingBackend())).facts)


def test_the_most_suspect_come_first_with_what_speaks_against_them(result: CheckResult) -> None:
    findings = result.findings(WRONG)
    assert {one.text for one in findings} == {f"Text {number}" for number in range(WRONG)}
    assert {one.kind for one in findings} == {"wrong label"}
    first = next(one for one in findings if one.text == "Text 0")
    assert first.reason.startswith(
        "2 of 3 people say so (ben@memory.localhost, cyd@memory.localhost); positive is "
    )
    assert len(result.findings()) == TASKS


def test_the_number_of_errors_is_told_with_an_interval(result: CheckResult) -> None:
    before = result.errors.before
    assert before.low <= WRONG <= before.high
    assert before.low < before.expected < before.high


@pytest.mark.parametrize(
    ("kind", "part", "other", "told"),
    [
        (ErrorKind.MISSING_LABEL, "staff", "staff", "staff is missing, 80%"),
        (ErrorKind.SURPLUS_LABEL, "staff", "", "staff is one too many, 80%"),
        (ErrorKind.SPAN_TOO_SHORT, "Ann", "Ann Lee", "Ann Lee is 80% probable"),
        (ErrorKind.AMBIGUOUS, "", "bad", "people differ: no label is simply right, 60%"),
        (ErrorKind.WRONG_LABEL, "", "bad", "bad is 80% probable"),
        (ErrorKind.NO_LABEL_FITS, "", "", "the model finds no label likely"),
    ],
)
def test_each_kind_has_its_own_words(kind: ErrorKind, part: str, other: str, told: str) -> None:
    one = Suspicion(1, "x", kind, 0.8, "good", part, other, 0.8, ("ann",), 1, 1, 0.6)
    assert told in reason_of(one, str)
    assert "1 of 2 people say so (ann)" in reason_of(one, str)


def test_what_is_hardly_probable_is_not_said_to_be_impossible() -> None:
    one = Suspicion(1, "x", ErrorKind.WRONG_LABEL, 0.004, "good", "", "bad", 0.004, ("ann",), 1, 0)
    assert reason_of(one, str).endswith("bad is <1% probable")


def test_of_an_opinion_it_is_told_how_many_share_it() -> None:
    one = Suspicion(
        1, "x", ErrorKind.NO_SINGLE_TRUTH, 0.1, "rude", other="kind", other_probability=0.6,
        given_by=("ann",), votes_for=1, votes_against=2, share=0.4,
    )  # fmt: skip
    assert reason_of(one, str) == (
        "1 of 3 people say so (ann); 40% of people would say so, as far as votes and model tell;"
        " 60% would say kind"
    )


def test_what_people_are_asked_their_opinion_of_is_not_counted_as_wrong(tmp_path: Path) -> None:
    snapshot = look(labelled_project(tmp_path), dry_run=True)
    facts = snapshot.facts
    [control] = facts.equivalence.form.controls
    opinion = {control.from_name: ControlSettings(subjective=True)}
    found = check(replace(facts, equivalence=Equivalence(facts.equivalence.form, opinion)))
    assert (found.opinions, found.ambiguous) == (TASKS, 0)
    assert found.errors.before.expected < 1


def test_what_the_model_alone_said_is_told_so() -> None:
    one = Suspicion(1, "x", ErrorKind.WRONG_LABEL, 0.4, "good", given_by=("model",))
    assert reason_of(one, str) == "the model alone said so"


def test_a_table_has_every_label(result: CheckResult, tmp_path: Path) -> None:
    file = write_findings(result, "Posts", tmp_path / "suspects.csv")
    rows = list(csv.DictReader(file.read_text("utf-8").splitlines()))
    assert len(rows) == TASKS
    assert {row["text"] for row in rows[:WRONG]} == {f"Text {number}" for number in range(WRONG)}


def test_the_page_needs_nothing_beside_itself(result: CheckResult, tmp_path: Path) -> None:
    file = write_findings(result, "Posts <b>", tmp_path / "suspects.html")
    page = Page(file.read_text("utf-8"))
    assert not {tag for tag, _ in page.tags} & {"script", "link", "img"}
    assert sum(tag == "tr" for tag, _ in page.tags) == 1 + TASKS
    assert "negative rather: positive" in page.sections["findings"]


def test_what_the_model_says_is_marked_as_the_model_s(result: CheckResult, tmp_path: Path) -> None:
    asked = with_model_reasons(result, cast(Any, KnowingBackend()), 1, 3)
    rows = list(
        csv.DictReader(write_findings(asked, "Posts", tmp_path / "a.csv").read_text().splitlines())
    )
    assert [row["model_reason"] for row in rows[:4]] == ["", REASON, REASON, ""]
    assert [row["p_true"] for row in rows[:4]] == ["0.25", "0.25", "0.25", ""]
    written = write_findings(asked, "Posts", tmp_path / "a.html").read_text("utf-8")
    assert written.count("tiny says: The text praises &lt;b&gt;nothing") == 2


def test_a_written_answer_that_is_not_in_its_text_is_found() -> None:
    texts = {1: "Ann saw a cat.", 2: "Bob saw a dog.", 3: "Cyd saw a cow."}
    votes = {1: ['["a cat"]'], 2: ['["a horse"]'], 3: ['["A  COW"]']}
    found = check(LabelledProject(texts, votes, WRITTEN).outcome.facts)
    assert found.grounded == {1: True, 2: False, 3: True}
    assert found.ungrounded == [2]
    assert {one.task for one in found.findings() if NOT_IN_TEXT in one.reason} <= {2}
    assert [one.task for one in found.findings() if one.reason.endswith(NOT_IN_TEXT)] == [2]


def test_spans_that_mark_nothing_are_not_in_the_text() -> None:
    votes = {1: ['[[0,3,"PER"]]'], 2: ['[[40,50,"PER"]]']}
    found = check(LabelledProject({1: "Ann came", 2: "Bob left"}, votes, SPANS).outcome.facts)
    assert found.ungrounded == [2]


def test_of_a_choice_nothing_can_be_missing_from_the_text(result: CheckResult) -> None:
    assert result.grounded == {}
