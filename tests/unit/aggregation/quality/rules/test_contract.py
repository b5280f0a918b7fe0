"""The record of the work puts answers in order and fills in what is not known."""

import pandas as pd
import pytest

from aggregation.quality.rules.contract import Work
from aggregation.quality.rules.crowd import NONE
from aggregation.quality.rules.registry import RULES, examine
from labeling.errors import TandemError

ANSWERS = pd.DataFrame(
    {
        "task": [1, 2, 1, 2, 1],
        "worker": ["b", "b", "a", "a", "c"],
        "label": ["x", "y", "x", "x", "z"],
        "submitted_at": pd.to_datetime([f"2026-01-01T00:0{n}Z" for n in (2, 1, 3, 4, 5)]),
    }
)


def test_answers_come_by_person_and_time() -> None:
    work = Work.of(ANSWERS, known={1: {"x"}})
    assert work.answers[["worker", "task"]].to_numpy().tolist() == [
        ["a", 1],
        ["a", 2],
        ["b", 2],
        ["b", 1],
        ["c", 1],
    ]
    assert [rows.tolist() for rows in work.rows_by_worker()] == [[0, 1], [2, 3], [4]]
    assert work.is_control.tolist() == [True, False, False, True, True]
    assert work.is_right.tolist() == [True, False, False, True, False]


def test_a_majority_is_the_others_alone() -> None:
    work = Work.of(ANSWERS)
    names = [work.crowd.names[one] if one != NONE else None for one in work.crowd.majority]
    # Of task 1, `a` and `b` say x, and `c` z; of task 2, `a` says x and `b` y.
    assert names == [None, "y", "x", None, "x"]


def test_shares_leave_out_one_s_own_answer_and_sum_to_one() -> None:
    crowd = Work.of(ANSWERS).crowd
    shares = crowd.shares(pd.RangeIndex(5).to_numpy())
    assert shares.sum(axis=1) == pytest.approx([1.0] * 5)
    assert shares[4, 0] == pytest.approx((2 + 3 / 5) / 3)


def test_a_missing_column_is_one_clear_line() -> None:
    with pytest.raises(TandemError, match="lacks the column 'label'"):
        Work.of(ANSWERS.drop(columns="label"))


@pytest.mark.parametrize("is_free_text", [False, True])
@pytest.mark.parametrize("answers", [ANSWERS, ANSWERS.iloc[:0]], ids=["few", "none"])
def test_of_little_work_nothing_is_said(answers: pd.DataFrame, is_free_text: bool) -> None:
    assert examine(Work.of(answers, is_free_text=is_free_text)) == []


@pytest.mark.parametrize("rule", RULES)
def test_rules_leave_the_record_as_it_is(rule: str) -> None:
    work = Work.of(ANSWERS)
    before = work.answers.copy()
    RULES[rule](work)
    pd.testing.assert_frame_equal(work.answers, before)
