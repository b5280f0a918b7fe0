"""The outcome of a project: what the ledger knows reaches the report."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pandas as pd
import pytest

from aggregation.dataset import build
from labeling.agreement import Agreement
from labeling.sections import PolicySettings
from labeling.settings import Settings
from routing import evidence
from routing.forecast import Forecast
from routing.ledger.records import LedgerAnnotation, LedgerState
from tandem.outcome import Outcome, report_of, write_report
from tests.routing.observed import FORM
from tests.routing.promised import audited, frozen, state_of
from tests.routing.states import answer

LABELS = ("positive", "negative")
TASKS = range(1, 61)
ADA, BEN = 2, 3


@pytest.fixture
def outcome() -> Outcome:
    """Half of the tasks were answered blind by two people, half were frozen and are audited."""
    begun = replace(state_of(dict.fromkeys(TASKS, "A text.")), annotations=_blind_answers())
    left = dict.fromkeys(TASKS[30:], ("positive", 0.2))
    state = audited(frozen(begun, left, 0.1), dict.fromkeys(TASKS, "positive"), 5)
    return Outcome(
        title="Reviews",
        settings=Settings(policy=PolicySettings(target_error=0.1)),
        state=state,
        agreement=Agreement(FORM),
        labels=LABELS,
        dataset=_dataset(state),
        controls=None,
        forecasts=(),
        to_come={1: Forecast(0.1, 0, 12, 13, 12.0, 8.0, 20.0, is_worth=True)},
    )


def _blind_answers() -> list[LedgerAnnotation]:
    given = [
        (task, by, "negative" if by == BEN and task % 5 == 0 else "positive")
        for task in TASKS[:30]
        for by in (ADA, BEN)
    ]
    return [
        replace(answer(number, task, by, label, timedelta(minutes=number)), blind=True)
        for number, (task, by, label) in enumerate(given, start=1)
    ]


def _dataset(state: LedgerState) -> pd.DataFrame:
    return build(evidence.items(state), evidence.answers(state), {}, {}, labels=LABELS)


def test_the_promise_of_the_settings_and_its_proof_reach_the_report(outcome: Outcome) -> None:
    [proof] = report_of(outcome).standing.proofs
    assert (proof.promise.error, proof.answered, proof.audits) == (0.1, 30, 5)
    assert proof.to_come is not None
    assert proof.to_come.audits == 12


def test_people_are_measured_by_their_blind_votes(outcome: Outcome) -> None:
    found = report_of(outcome).measure
    assert found.error is not None
    assert (found.error.items, found.has_gold, found.votes) == (30, False, 2)


def test_answers_beside_the_pre_label_tell_nothing_of_their_error(outcome: Outcome) -> None:
    seen = [replace(one, blind=False) for one in outcome.state.annotations]
    state = replace(outcome.state, annotations=seen)
    assert report_of(replace(outcome, state=state)).measure.error is None


def test_gold_labels_measure_people_where_they_are_known(outcome: Outcome) -> None:
    found = report_of(outcome, gold=dict.fromkeys(TASKS, "positive")).measure
    assert found.error is not None
    assert found.has_gold
    assert found.error.items == 30


def test_the_report_is_one_file_in_a_folder_that_may_be_missing(
    outcome: Outcome, tmp_path: Path
) -> None:
    file = write_report(outcome, tmp_path / "new" / "report.html")
    assert "Being audited" in file.read_text("utf-8")
