"""People's answers, as a learner is taught them."""

import pytest

from labeling.answers.types import AnswerType
from routing.selection.answer_targets import MOST_LABELS, MOST_QUESTIONS, answer_targets


def targets(answer_type: AnswerType, *answers: str | None) -> list[list[int]]:
    return [one.tolist() for one in answer_targets(answer_type, answers)]


@pytest.mark.parametrize("answer_type", [AnswerType.CLASS, AnswerType.PAIR, AnswerType.SCALE])
def test_one_choice_is_one_question(answer_type: AnswerType) -> None:
    assert targets(answer_type, "2", "1", "2") == [[1, 0, 1]]


def test_where_nothing_is_asked_is_an_outcome_of_its_own() -> None:
    assert targets(AnswerType.CLASS, "b", None, "a") == [[2, 0, 1]]
    assert targets(AnswerType.SET, '["a"]', None) == [[1, 0]]


def test_a_set_is_a_question_a_label_the_frequent_first() -> None:
    assert targets(AnswerType.SET, '["a","b"]', "[]", '["b"]') == [[1, 0, 1], [1, 0, 0]]


def test_of_spans_it_is_asked_whether_a_text_has_any() -> None:
    spans = '[[0,3,"PER"],[4,8,"PER"]]', "[]", '[[0,3,"LOC"],[5,9,"PER"]]'
    assert targets(AnswerType.SPANS, *spans) == [[1, 0, 1], [0, 0, 1]]


@pytest.mark.parametrize("answer_type", [AnswerType.TEXT, AnswerType.NUMBER, AnswerType.REGIONS])
def test_what_somebody_writes_is_not_learned(answer_type: AnswerType) -> None:
    assert targets(answer_type, "1", "2") == []


def test_there_is_an_end_to_labels() -> None:
    many = [f'["l{number:03}"]' for number in range(MOST_LABELS + 1)]
    assert targets(AnswerType.PATHS, *many) == []
    assert len(targets(AnswerType.PATHS, *many[1:])) == 1
    assert len(targets(AnswerType.SET, *many)) == MOST_QUESTIONS
