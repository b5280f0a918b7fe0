"""Answers in JSON's types: what is written for people's programs reads as the same answer."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labeling.answers.plain_values import answer_of, content
from labeling.answers.types import AnswerType, canonical_json, canonical_regions, shortest
from labeling.errors import AnswerError

TEXT = "A text that is long enough for spans."
SPAN = st.tuples(st.integers(0, 9), st.integers(10, 20), st.sampled_from(["PER", "LOC"]))
WORDS = st.lists(st.text(max_size=9), max_size=4)
ANSWERS = st.one_of(
    st.tuples(st.just(AnswerType.CLASS), st.text(min_size=1)),
    st.tuples(st.just(AnswerType.PAIR), st.sampled_from(["left", "right"])),
    st.tuples(st.just(AnswerType.SET), WORDS.map(canonical_json)),
    st.tuples(st.just(AnswerType.TEXT), WORDS.filter(bool).map(canonical_json)),
    st.tuples(st.just(AnswerType.PATHS), st.lists(WORDS.filter(bool)).map(canonical_json)),
    st.tuples(st.just(AnswerType.SCALE), st.integers(1, 9).map(str)),
    st.tuples(
        st.just(AnswerType.NUMBER), st.floats(allow_nan=False, allow_infinity=False).map(shortest)
    ),
    st.tuples(
        st.just(AnswerType.SPANS), st.sets(SPAN).map(lambda spans: canonical_json(sorted(spans)))
    ),
    st.tuples(st.just(AnswerType.REGIONS), st.dictionaries(SPAN, st.text()).map(canonical_regions)),
)


@given(ANSWERS)
def test_what_is_written_reads_as_the_same_answer(case: tuple[AnswerType, str]) -> None:
    answer_type, answer = case
    assert answer_of(answer_type, content(answer_type, answer, TEXT)) == answer


@pytest.mark.parametrize(
    ("answer_type", "value", "answer"),
    [
        (AnswerType.SET, "a", '["a"]'),
        (AnswerType.TEXT, "Some words", '["Some words"]'),
        (AnswerType.PATHS, ["Sports", "Football"], '[["Sports","Football"]]'),
        (AnswerType.SPANS, [[0, 5, "PER"]], '[[0,5,"PER"]]'),
        (AnswerType.NUMBER, 12, "12"),
    ],
)
def test_what_people_write_shorter_is_read(
    answer_type: AnswerType, value: object, answer: str
) -> None:
    assert answer_of(answer_type, value) == answer


@pytest.mark.parametrize(
    ("answer_type", "value"),
    [
        (AnswerType.CLASS, 3),
        (AnswerType.SCALE, "4"),
        (AnswerType.SCALE, True),
        (AnswerType.NUMBER, float("inf")),
        (AnswerType.SET, ["a", 3]),
        (AnswerType.SPANS, [{"start": 5, "end": 2, "label": "PER"}]),
        (AnswerType.REGIONS, [{"start": 0, "end": 2, "label": "PER"}]),
    ],
)
def test_what_says_nothing_of_the_type_is_refused(answer_type: AnswerType, value: object) -> None:
    with pytest.raises(AnswerError):
        answer_of(answer_type, value)
