"""The report says who is asked and whose answers count, once anything became of anybody."""

from dataclasses import replace

import pytest

from routing.people.states import next_event
from routing.snapshot.snapshot import Snapshot
from tandem.export.outcome import conclude, report_of
from tandem.report import render
from tests.support.control_answers import answered
from tests.support.observed_tasks import ADA, BEN, NOON
from tests.support.snapshots import piloted, snapshot_of


@pytest.fixture
def snapshot() -> Snapshot:
    """A project of Ada and Ben, of whom nothing became."""
    return snapshot_of(piloted(120))


def test_nothing_is_said_where_nothing_became_of_anybody(snapshot: Snapshot) -> None:
    report = report_of(conclude(snapshot))
    assert report.people == []
    assert 'id="states"' not in render(report)


def test_states_known_answers_and_reasons_are_told(snapshot: Snapshot) -> None:
    paused = next_event([], BEN, "paused", "2 of 10 known answers right", NOON)
    known = [*answered(ADA, "+++-"), *answered(BEN, "++--------")]
    seen = replace(snapshot, person_events=[paused], control_answers=known)
    report = report_of(conclude(seen))
    assert [(one.state, one.right, one.controls) for one in report.people] == [
        ("active", 3, 4),
        ("paused", 2, 10),
    ]
    page = " ".join(render(report).split())
    assert "2 of 10" in page
    assert "ben is paused since 2026-" in page
    assert "(2 of 10 known answers right); they are asked nothing new" in page
