"""The outcome of a project: what the ledger knows reaches the report."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pandas as pd
import pytest

from aggregation.beliefs import PartBelief
from labeling.answers.types import canonical_json
from labeling.form.form import parse
from routing.facts.answers import to_answers
from routing.ledger.records import Decision, LedgerAnnotation, LedgerState
from routing.planning.forecast import Forecast
from routing.snapshot.snapshot import Snapshot
from routing.standing.standing import Standing
from tandem.export.outcome import (
    ProjectOutcome,
    conclude,
    dataset_of,
    report_of,
    write_report,
)
from tandem.standing.next_step import next_step
from tandem.standing.sentences import sentences
from tests.support.certified_population import audited, frozen, state_of
from tests.support.datasets import build
from tests.support.label_configs import on_text
from tests.support.ledger_states import answer
from tests.support.observed_tasks import NOON
from tests.support.snapshots import facts_of, in_audit, piloted, snapshot_of

LABELS = ("positive", "negative")
TASKS = range(1, 61)
ADA, BEN = 2, 3


@pytest.fixture
def outcome() -> ProjectOutcome:
    """Half of the tasks were answered blind by two people, half were frozen and are audited."""
    begun = replace(state_of(dict.fromkeys(TASKS, "A text.")), annotations=_blind_answers())
    left = dict.fromkeys(TASKS[30:], ("positive", 0.2))
    state = audited(frozen(begun, left, 0.1), dict.fromkeys(TASKS, "positive"), 5)
    return ProjectOutcome(
        title="Reviews",
        facts=facts_of(state, policy={"target_error": 0.1}),
        dataset=_dataset(state),
        controls=None,
        forecasts=(),
        to_come={1: Forecast(0.1, 0, 12, 13, 12.0, 8.0, 20.0, is_worth=True)},
        standing=Standing("Reviews", ""),
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
    known = facts_of(state)
    return build(known.items, to_answers(state.annotations), {}, {}, labels=LABELS)


def test_the_promise_of_the_settings_and_its_proof_reach_the_report(
    outcome: ProjectOutcome,
) -> None:
    [proof] = report_of(outcome).standing.proofs
    assert (proof.promise.error, proof.answered, proof.audits) == (0.1, 30, 5)
    assert proof.to_come is not None
    assert proof.to_come.audits == 12


def test_the_report_begins_with_what_status_says(outcome: ProjectOutcome) -> None:
    found = report_of(outcome)
    assert found.sentences == sentences(outcome.standing)
    assert found.next_step == next_step(outcome.standing)


def test_people_are_measured_by_their_blind_votes(outcome: ProjectOutcome) -> None:
    found = report_of(outcome).measure
    assert found.error is not None
    assert (found.error.items, found.has_gold, found.votes) == (30, False, 2)


def test_answers_beside_the_pre_label_tell_nothing_of_their_error(outcome: ProjectOutcome) -> None:
    seen = [replace(one, blind=False) for one in outcome.facts.state.annotations]
    known = outcome.facts.with_state(replace(outcome.facts.state, annotations=seen))
    assert report_of(replace(outcome, facts=known)).measure.error is None


def test_gold_labels_measure_people_where_they_are_known(outcome: ProjectOutcome) -> None:
    found = report_of(outcome, gold=dict.fromkeys(TASKS, "positive")).measure
    assert found.error is not None
    assert found.has_gold
    assert found.error.items == 30


def test_the_report_is_one_file_in_a_folder_that_may_be_missing(
    outcome: ProjectOutcome, tmp_path: Path
) -> None:
    file = write_report(outcome, tmp_path / "new" / "report.html")
    assert "Being audited" in file.read_text("utf-8")


class TestOfAForm:
    """What is concluded of a project that asks for more than one choice."""

    FORM = parse(
        on_text(
            """<Choices name="mood" toName="text"><Choice value="positive"/>
            <Choice value="negative"/></Choices>
            <Labels name="who" toName="text"><Label value="PER"/></Labels>"""
        )
    )
    WHO = '[[0,4,"PER"]]'

    @pytest.fixture
    def snapshot(self) -> Snapshot:
        """A piloted project, all of whose answers mark the same span beside the mood."""
        state = piloted(40)
        spans = PartBelief(0.75, {'[0,4,"PER"]': 0.75})
        predictions = [
            replace(
                one,
                answer=self._joined(one.answer),
                distribution={},
                parts={"mood": PartBelief(0.5, one.distribution), "who": spans},
            )
            for one in state.predictions
        ]
        annotations = [replace(one, answer=self._joined(one.answer)) for one in state.annotations]
        joined = replace(state, predictions=predictions, annotations=annotations)
        counts = {"who": {"counts": False}}
        return snapshot_of(joined, form=self.FORM, controls=counts)

    def _joined(self, mood: str | None) -> str:
        return canonical_json({"mood": mood, "who": self.WHO})

    def test_the_dataset_is_taken_apart_with_what_the_model_believes(
        self, snapshot: Snapshot
    ) -> None:
        outcome = conclude(snapshot)
        assert outcome.controls is not None
        assert len(outcome.controls) == 2 * len(outcome.dataset)
        sure = outcome.controls.groupby("control")["model_confidence"].unique()
        assert (sure["mood"].tolist(), sure["who"].tolist()) == ([0.5], [0.75])
        assert outcome.dataset["source"].dropna().unique().tolist() == ["people"]

    def test_the_settings_of_its_controls_reach_the_report(self, snapshot: Snapshot) -> None:
        told = {one.name: one for one in report_of(conclude(snapshot)).controls}
        assert (told["mood"].counts, told["who"].counts) == (True, False)
        assert told["who"].same == 1.0

    def test_one_choice_is_not_taken_apart(self) -> None:
        outcome = conclude(snapshot_of(piloted(40)))
        assert outcome.controls is None
        assert report_of(outcome).controls == ()


def test_frozen_labels_stand_whatever_became_of_predictions_and_annotations() -> None:
    state = in_audit(400, None)
    accept = {
        task: Decision(task, 1, "accept", 0, "certified", None, None, NOON)
        for task in state.members.keys() - state.decisions.keys()
    }
    state = replace(state, decisions={**state.decisions, **accept})
    labels = dataset_of(facts_of(state))["label"]
    assert len(accept) > 100
    assert labels.notna().all()
    left = dataset_of(facts_of(replace(state, predictions=[])))
    assert list(left["label"]) == list(labels)
