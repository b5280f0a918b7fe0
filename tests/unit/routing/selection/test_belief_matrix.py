"""What the model believes of texts, as one matrix."""

import pytest

from routing.selection.belief_matrix import MOST_LABELS, belief_matrix


def test_labels_that_a_text_does_not_mention_are_impossible() -> None:
    matrix = belief_matrix([{"b": 0.4, "a": 0.6}, {"c": 1.0}], [0.6, 1.0])
    assert matrix.tolist() == [[0.6, 0.4, 0.0], [0.0, 0.0, 1.0]]


def test_what_was_left_out_as_hardly_possible_is_shared_out() -> None:
    assert belief_matrix([{"a": 0.6, "b": 0.2}], [0.6])[0] == pytest.approx([0.75, 0.25])


@pytest.mark.parametrize(
    "distributions",
    [[{"a": 0.5, "b": 0.5}, {}], [{"a": 1.0}, {"a": 1.0}], [{"a": 0.0, "b": 0.0}, {"a": 1.0}]],
    ids=["of one nothing is known", "one label", "no probability"],
)
def test_elsewhere_the_answer_is_right_or_it_is_not(distributions: list[dict[str, float]]) -> None:
    assert belief_matrix(distributions, [0.75, 1.0]).tolist() == [[0.75, 0.25], [1.0, 0.0]]


def test_open_answers_have_no_column_each() -> None:
    distributions = [{f"answer {number}": 1.0} for number in range(MOST_LABELS + 1)]
    assert belief_matrix(distributions, [0.5] * len(distributions)).shape == (MOST_LABELS + 1, 2)


def test_nothing_is_known_of_no_text() -> None:
    assert belief_matrix([], []).shape == (0, 2)
