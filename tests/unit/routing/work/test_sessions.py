"""Sessions end with a long break; within them pace and quality may drift."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.work.active_time import hours_of
from routing.work.sessions import drift, sessions
from tests.support.work import took


def test_a_pause_of_more_than_half_an_hour_ends_a_session() -> None:
    # The third answer was begun 30 minutes after the second one was saved; the fourth, 31.
    answers = [took(1), took(2, minute=5), took(3, 60.0, minute=36), took(4, 60.0, minute=68)]
    assert [[one.answer.task for one in found.answers] for found in sessions(answers)] == [
        [1, 2, 3],
        [4],
    ]


def test_a_session_lasts_from_the_begin_of_its_first_answer_to_its_last() -> None:
    (one,) = sessions([took(2, 30.0, minute=10), took(1, 60.0)])
    assert (one.ended_at - one.began_at).total_seconds() == 660
    assert one.hours == pytest.approx(90 / 3600)


def test_drift_compares_the_halves_of_long_sessions() -> None:
    early = [took(task, 10.0, minute=task) for task in range(6)]
    late = [took(task, 20.0, minute=task) for task in range(6, 12)]
    right = {task: task < 10 for task in range(12)}
    found = drift(sessions([*early, *late]), right)
    assert found is not None
    assert (found.early_seconds, found.late_seconds) == (10.0, 20.0)
    assert (found.early_right, found.late_right) == (1.0, 4 / 6)
    assert found.change is not None
    assert found.change.low < -1 / 3 < found.change.high
    assert not found.is_tiring  # six answers each are no proof


def test_a_fall_beyond_chance_is_told() -> None:
    answers = [took(task, minute=task / 10) for task in range(200)]
    found = drift(sessions(answers), {task: task < 100 or task % 2 == 0 for task in range(200)})
    assert found is not None
    assert found.is_tiring


def test_short_sessions_tell_no_drift() -> None:
    assert drift(sessions([took(task) for task in range(9)]), {}) is None
    assert drift([], {}) is None


def test_without_a_consensus_the_pace_alone_is_told() -> None:
    found = drift(sessions([took(task, minute=task) for task in range(10)]), {})
    assert found is not None
    assert (found.early_right, found.change) == (None, None)


@given(st.lists(st.tuples(st.floats(0, 2_000), st.floats(0, 120)), max_size=40))
def test_sessions_divide_the_answers(times: list[tuple[float, float]]) -> None:
    answers = [took(task, seconds, minute=at) for task, (at, seconds) in enumerate(times)]
    found = sessions(answers)
    assert sorted(one.answer.task for each in found for one in each.answers) == list(
        range(len(answers))
    )
    assert sum(one.hours for one in found) == pytest.approx(hours_of(answers))
    assert all(one.ended_at >= one.began_at for one in found)
