"""The exam ends as soon as it is clear how."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregation.quality.exam import exam_verdict

MARK = {"skill": 0.8, "probability": 0.9}


def test_ten_right_answers_pass_at_once() -> None:
    assert exam_verdict([True] * 9, **MARK, controls=20) is None
    assert exam_verdict([True] * 10, **MARK, controls=20) == "passed"


@given(st.lists(st.booleans(), max_size=20))
def test_it_fails_only_where_no_further_answer_could_pass_it(right: list[bool]) -> None:
    best = [*right, *[True] * (20 - len(right))]
    if exam_verdict(right, **MARK, controls=20) == "failed":
        assert exam_verdict(best, **MARK, controls=20) == "failed"


@pytest.mark.parametrize("right", [[True] * 15 + [False] * 5, [False] * 20])
def test_it_always_ends_after_all_controls(right: list[bool]) -> None:
    assert exam_verdict(right, **MARK, controls=20) == "failed"
