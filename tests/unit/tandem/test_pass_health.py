"""How passes go is told from the log of passes."""

from datetime import UTC, datetime, timedelta

from routing.ledger.passes import PassRecord
from tandem.pass_health import PassHealth, pass_health

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def made(number: int, error: str | None = None, seconds: float | None = 5) -> PassRecord:
    began = NOON + timedelta(minutes=number)
    ended = None if seconds is None else began + timedelta(seconds=seconds)
    return PassRecord(number, began, ended, 0, error, requests=10 * number)


def test_a_project_without_passes_has_nothing_to_tell() -> None:
    assert pass_health([], NOON) == PassHealth()


def test_the_last_pass_and_the_age_of_its_success_are_told() -> None:
    found = pass_health([made(2), made(1, "away")], NOON + timedelta(minutes=3))
    assert found == PassHealth(
        passes=2, last_seconds=5, last_requests=20, failures_in_a_row=0, seconds_since_success=55
    )


def test_failures_count_from_the_last_success_on() -> None:
    passes = [made(4, "away"), made(3, "full"), made(2), made(1, "away")]
    found = pass_health(passes, NOON + timedelta(minutes=5))
    assert found.failures_in_a_row == 2
    assert found.last_error == "away"
    assert found.seconds_since_success == 175


def test_a_pass_under_way_is_no_failure_and_hides_none() -> None:
    found = pass_health([made(2, seconds=None), made(1, "away")], NOON + timedelta(minutes=3))
    assert found.is_under_way
    assert found.failures_in_a_row == 1
    assert found.seconds_since_success is None
