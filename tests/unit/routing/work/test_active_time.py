"""Active time: idle is cut off, and what was not measured is estimated and said to be."""

from datetime import UTC, date, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.work.active_time import hours_a_day, hours_of, timed
from tests.support.observed_tasks import BEN
from tests.support.work import took, worked

LEAD_TIMES = st.lists(st.none() | st.floats(-1e6, 1e6), max_size=30)


def test_an_answer_counts_its_lead_time_at_most_the_idle_limit() -> None:
    answers = [worked(1, 8.0), worked(2, 120.0), worked(3, 4_000.0)]
    assert [one.seconds for one in timed(answers, 120.0, 12.0)] == [8.0, 120.0, 120.0]


def test_what_was_not_measured_takes_the_persons_own_median() -> None:
    answers = [worked(1, 4.0), worked(2, 6.0), worked(3, 900.0), worked(4, None)]
    others = [worked(5, 50.0, by=BEN), worked(6, None, by=BEN)]
    seen = timed([*answers, *others], 120.0, 12.0)
    assert [one.seconds for one in seen] == [4.0, 6.0, 120.0, 6.0, 50.0, 50.0]
    assert [one.answer.task for one in seen if one.is_estimated] == [4, 6]


@pytest.mark.parametrize(("guess", "seconds"), [(12.0, 12.0), (500.0, 120.0)])
def test_of_whom_nothing_was_measured_the_settings_guess_stands_in(
    guess: float, seconds: float
) -> None:
    (one,) = timed([worked(1, None)], 120.0, guess)
    assert one.seconds == seconds
    assert one.is_estimated


def test_hours_are_counted_by_day_in_the_zone_that_is_asked_for() -> None:
    answers = [took(1, 1_800.0), took(2, 900.0, minute=11 * 60 + 59), took(3, 3_600.0, minute=720)]
    assert hours_a_day(answers, UTC) == {date(2026, 1, 1): 0.75, date(2026, 1, 2): 1.0}
    east = timezone(timedelta(hours=2))
    assert hours_a_day(answers, east) == {date(2026, 1, 1): 0.5, date(2026, 1, 2): 1.25}


@given(LEAD_TIMES, st.floats(0.1, 1_000), st.floats(0.1, 1_000))
def test_hours_are_never_negative_nor_above_the_limit(
    lead_times: list[float | None], idle: float, guess: float
) -> None:
    answers = timed([worked(task, one) for task, one in enumerate(lead_times)], idle, guess)
    assert all(0 <= one.seconds <= idle for one in answers)
    assert 0 <= hours_of(answers) <= idle * len(answers) / 3600 + 1e-9


@given(LEAD_TIMES, st.lists(st.floats(0, 5_000), min_size=30, max_size=30))
def test_the_days_hours_are_all_hours(lead_times: list[float | None], minutes: list[float]) -> None:
    answers = timed(
        [worked(task, one, minute=minutes[task]) for task, one in enumerate(lead_times)], 120, 12
    )
    assert sum(hours_a_day(answers, UTC).values()) == pytest.approx(hours_of(answers))
