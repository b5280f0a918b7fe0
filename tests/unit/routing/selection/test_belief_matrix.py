"""What the model believes of texts, as one matrix, by the type of the answers."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregation.beliefs import PartBelief
from labeling.answers.types import AnswerType
from labeling.mathtypes import Floats
from routing.selection.belief_matrix import MOST_LABELS, ControlBeliefs, belief_matrix
from routing.selection.pool import ControlColumns

UNKNOWN = PartBelief(0.75)
"""An answer of which no more is known than how probable it is."""

CERTAIN = [1.0, 0.0]


def matrix_of(answer_type: AnswerType, *parts: PartBelief | None) -> Floats:
    return belief_matrix([ControlBeliefs(answer_type, parts)])[0]


def choice(**distribution: float) -> PartBelief:
    return PartBelief(max(distribution.values()), distribution)


class TestOneChoice:
    def test_labels_that_a_text_does_not_mention_are_impossible(self) -> None:
        matrix = matrix_of(AnswerType.CLASS, choice(b=0.4, a=0.6), choice(c=1.0))
        assert matrix.tolist() == [[0.6, 0.4, 0.0], [0.0, 0.0, 1.0]]

    def test_what_was_left_out_as_hardly_possible_is_shared_out(self) -> None:
        assert matrix_of(AnswerType.PAIR, choice(a=0.6, b=0.2))[0] == pytest.approx([0.75, 0.25])

    @pytest.mark.parametrize("unknown", [UNKNOWN, PartBelief(0.75, {"a": 0.0, "b": 0.0})])
    def test_an_answer_that_is_not_known_has_a_column_of_its_own(self, unknown: PartBelief) -> None:
        matrix = matrix_of(AnswerType.CLASS, choice(a=0.6, b=0.4), unknown)
        assert matrix.tolist() == [[0.6, 0.4, 0.0], [0.125, 0.125, 0.75]]

    def test_where_it_does_not_show_nothing_is_in_doubt(self) -> None:
        matrix = matrix_of(AnswerType.CLASS, choice(a=0.6, b=0.4), None)
        assert matrix.tolist() == [[0.6, 0.4, 0.0], [0.0, 0.0, 1.0]]

    @pytest.mark.parametrize(
        "parts",
        [[UNKNOWN], [choice(a=0.75)], [choice(**{f"l{n}": 0.75}) for n in range(MOST_LABELS + 1)]],
        ids=["nothing known", "one label", "too many labels"],
    )
    def test_elsewhere_the_answer_is_right_or_it_is_not(self, parts: list[PartBelief]) -> None:
        assert matrix_of(AnswerType.PATHS, *parts).tolist() == [[0.125, 0.875]] * len(parts)


def test_a_set_is_a_question_for_each_label() -> None:
    said = PartBelief(0.5, {"a": 0.9, "b": 0.2})
    assert matrix_of(AnswerType.SET, said)[0] == pytest.approx([0.1, 0.9, 0.8, 0.2])


def test_of_an_empty_set_the_doubt_of_the_whole_is_shared_out() -> None:
    matrix = matrix_of(AnswerType.SET, PartBelief(0.5, {"a": 0.9, "b": 0.2}), PartBelief(0.81))
    assert matrix[1] == pytest.approx([0.9, 0.1, 0.9, 0.1])


def test_a_scale_is_one_choice_of_its_steps() -> None:
    said = PartBelief(0.5, {"1": 0.1, "2": 0.4, "10": 0.5})
    [row], [columns] = belief_matrix([ControlBeliefs(AnswerType.SCALE, [said])])
    assert sorted(row.tolist()) == pytest.approx([0.1, 0.4, 0.5])
    assert columns == ControlColumns(0, 1, 3)


def test_spans_are_a_question_for_each_label_and_one_for_what_was_not_found() -> None:
    spans = {'[0,3,"PER"]': 0.9, '[9,12,"PER"]': 0.6, '[4,8,"LOC"]': 0.2}
    matrix = matrix_of(AnswerType.SPANS, PartBelief(0.0625, spans), PartBelief(0.8))
    assert matrix[0] == pytest.approx([0.8, 0.2, 0.4, 0.6, 0.25, 0.75]), "the root of four"
    assert matrix[1] == pytest.approx([1, 0, 1, 0, 0.1, 0.9])


def test_what_is_said_of_spans_is_asked_by_their_label() -> None:
    said = PartBelief(0.4, {'[0,3,"PER","positive"]': 0.7, '[4,8,"PER","negative"]': 0.95})
    assert matrix_of(AnswerType.REGIONS, said)[0, :2] == pytest.approx([0.3, 0.7])


@pytest.mark.parametrize("answer_type", [AnswerType.TEXT, AnswerType.NUMBER])
def test_the_less_probable_a_written_answer_the_more_it_is_doubted(
    answer_type: AnswerType,
) -> None:
    matrix = matrix_of(answer_type, *map(PartBelief, (0.0, 0.2, 0.6, 1.0)))
    assert matrix.max(axis=1) == pytest.approx([0.5, 0.6, 0.8, 1.0])


def test_controls_of_a_form_stand_side_by_side() -> None:
    matrix, columns = belief_matrix(
        [
            ControlBeliefs(AnswerType.CLASS, [choice(a=0.6, b=0.4)]),
            ControlBeliefs(AnswerType.SET, [PartBelief(0.5, {"x": 0.9, "y": 0.2, "z": 0.0})]),
            ControlBeliefs(AnswerType.TEXT, [None]),
        ]
    )
    assert columns == (
        ControlColumns(0, 1, 2),
        ControlColumns(2, 3, 2),
        ControlColumns(8, 1, 2),
    )
    assert matrix[0, -2:].tolist() == [0.0, 1.0], "what does not show is certain"


@pytest.mark.parametrize("answer_type", AnswerType)
def test_nothing_is_known_of_no_text(answer_type: AnswerType) -> None:
    matrix, [columns] = belief_matrix([ControlBeliefs(answer_type, [])])
    assert matrix.shape == (0, columns.end)


ENTRIES = {
    AnswerType.CLASS: ["a", "b", "c"],
    AnswerType.SET: ["a", "b", "c"],
    AnswerType.SCALE: ["1", "2", "10"],
    AnswerType.SPANS: ['[0,1,"A"]', '[1,2,"A"]', '[1,2,"B"]'],
    AnswerType.TEXT: [],
}
PROBABILITIES = st.floats(0, 1)


@st.composite
def controls_of(draw: st.DrawFn) -> list[ControlBeliefs]:
    texts = draw(st.integers(1, 4))

    def part(answer_type: AnswerType) -> st.SearchStrategy[PartBelief | None]:
        said = st.fixed_dictionaries(
            {}, optional=dict.fromkeys(ENTRIES[answer_type], PROBABILITIES)
        )
        return st.none() | st.builds(PartBelief, PROBABILITIES, said)

    types = draw(st.lists(st.sampled_from([*ENTRIES]), min_size=1, max_size=3))
    return [
        ControlBeliefs(one, draw(st.lists(part(one), min_size=texts, max_size=texts)))
        for one in types
    ]


@given(controls_of())
def test_whatever_is_believed_every_question_sums_to_one(controls: list[ControlBeliefs]) -> None:
    matrix, columns = belief_matrix(controls)
    assert columns[-1].end == matrix.shape[1]
    for one in columns:
        assert one.of(matrix).sum(axis=2) == pytest.approx(1)
        assert np.all(one.of(matrix) >= 0)
