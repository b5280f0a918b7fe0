"""Checks of labels are remembered with the decisions that they made, and never twice."""

from datetime import UTC, datetime

from routing.ledger.label_checks import (
    LabelCheck,
    PickedLabel,
    label_checks,
    record_label_check,
)
from routing.ledger.records import Decision
from tests.unit.routing.conftest import NewLedger

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
PICKS = [PickedLabel(1, "good", 0.75, False), PickedLabel(2, '["ä"]', 0.01, True)]
CHECK = LabelCheck(1, NOON, PICKS, {0.25: 3, 0.0003: 90})


def dispute(task: int) -> Decision:
    return Decision(task, 1, "dispute", 4, "suspect", "m-1", None, NOON)


def test_a_check_is_read_as_it_was_recorded(new_ledger: NewLedger) -> None:
    ledger, other = new_ledger(), new_ledger()
    record_label_check(ledger, CHECK, [dispute(1), dispute(2)])
    assert label_checks(ledger) == [CHECK]
    assert label_checks(other) == []
    assert [one.kind for one in ledger.history(1).decisions] == ["dispute"]


def test_recording_it_again_changes_nothing(new_ledger: NewLedger) -> None:
    ledger = new_ledger()
    record_label_check(ledger, CHECK, [dispute(1)])
    record_label_check(ledger, LabelCheck(1, NOON, [], {}), [])
    assert label_checks(ledger) == [CHECK]
