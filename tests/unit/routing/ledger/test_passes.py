"""The log of passes: each is there from its beginning, and says how it ended."""

from datetime import timedelta
from itertools import count

import pytest

from labeling.errors import StudioUnreachable
from routing.clock import Clock
from routing.ledger import Ledger, passes
from routing.ledger.passes import PassRecord, last_passes, recorded_pass
from tests.support.observed_tasks import NOON
from tests.unit.routing.conftest import NewLedger

MINUTE = timedelta(minutes=1)


@pytest.fixture
def clock() -> Clock:
    """Tells a minute later each time."""
    minutes = count()
    return lambda: NOON + next(minutes) * MINUTE


def test_a_pass_tells_when_it_was_and_what_it_wrote(ledger: Ledger, clock: Clock) -> None:
    with recorded_pass(ledger, clock) as outcome:
        outcome.writes = 7
        outcome.requests = 12
    assert last_passes(ledger, 5) == [PassRecord(1, NOON, NOON + MINUTE, 7, None, 12)]


def test_a_pass_that_goes_on_or_was_killed_has_no_end(ledger: Ledger, clock: Clock) -> None:
    with recorded_pass(ledger, clock):
        [under_way] = last_passes(ledger, 5)
    assert under_way == PassRecord(1, NOON, None, 0, None)


def test_what_went_wrong_is_recorded_in_a_line_and_raised(ledger: Ledger, clock: Clock) -> None:
    with pytest.raises(StudioUnreachable), recorded_pass(ledger, clock):
        raise StudioUnreachable("Label Studio does\nnot answer", hint="Start it.")
    [failed] = last_passes(ledger, 5)
    assert failed.error == "Label Studio does not answer. Start it."
    assert failed.ended_at is not None


def test_of_the_unforeseen_only_the_kind_is_recorded(ledger: Ledger, clock: Clock) -> None:
    with pytest.raises(ValueError, match="secret"), recorded_pass(ledger, clock):
        raise ValueError("a text, or a secret")
    [failed] = last_passes(ledger, 5)
    assert failed.error is not None
    assert failed.error.endswith("ValueError.")


def test_the_latest_come_first_and_each_project_has_its_own(new_ledger: NewLedger) -> None:
    one, other = new_ledger(), new_ledger()
    for writes in (1, 2, 3):
        with recorded_pass(one) as outcome:
            outcome.writes = writes
    assert [(each.number, each.writes) for each in last_passes(one, 2)] == [(3, 3), (2, 2)]
    assert last_passes(other, 2) == []


def test_old_ones_are_forgotten(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passes, "KEPT", 3)
    for _ in range(5):
        with recorded_pass(ledger):
            pass
    assert [one.number for one in last_passes(ledger, 9)] == [5, 4, 3]
