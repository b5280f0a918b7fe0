"""Two answers are as alike as what they share, whatever their kind."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labeling.answers.similarity import similarity, span_f1
from labeling.answers.types import AnswerType, canonical_json, canonical_regions, spans_of
from labeling.errors import AnswerError

STEPS = 5
WORDS = st.sampled_from(["a", "b", "c", "d"])
SPAN = st.tuples(st.integers(0, 8), st.integers(1, 5), WORDS).map(
    lambda drawn: (drawn[0], drawn[0] + drawn[1], drawn[2])
)
ANSWERS: dict[AnswerType, st.SearchStrategy[str]] = {
    AnswerType.CLASS: WORDS,
    AnswerType.SET: st.sets(WORDS).map(sorted).map(canonical_json),
    AnswerType.PATHS: st.sets(st.lists(WORDS, min_size=1, max_size=3).map(tuple))
    .map(sorted)
    .map(canonical_json),
    AnswerType.SCALE: st.integers(1, STEPS).map(str),
    AnswerType.PAIR: st.sampled_from(["left", "right"]),
    AnswerType.SPANS: st.sets(SPAN).map(sorted).map(canonical_json),
    AnswerType.REGIONS: st.dictionaries(SPAN, WORDS).map(canonical_regions),
    AnswerType.TEXT: st.lists(st.text("ab .", max_size=9), min_size=1, max_size=2).map(
        canonical_json
    ),
    AnswerType.NUMBER: st.floats(allow_nan=False, allow_infinity=False).map(str),
}

SAME_IN_OTHER_WORDS = {
    AnswerType.SPANS,
    AnswerType.REGIONS,
    AnswerType.TEXT,
    AnswerType.NUMBER,
    AnswerType.PATHS,
}


@pytest.mark.parametrize("answer_type", AnswerType)
@pytest.mark.parametrize("spread", [0.0, 10.0])
@given(data=st.data())
def test_it_is_symmetric_and_one_for_the_same(
    answer_type: AnswerType, spread: float, data: st.DataObject
) -> None:
    one, other = data.draw(ANSWERS[answer_type]), data.draw(ANSWERS[answer_type])
    alike = similarity(answer_type, one, other, steps=STEPS, spread=spread)
    assert 0 <= alike <= 1
    assert alike == similarity(answer_type, other, one, steps=STEPS, spread=spread)
    assert similarity(answer_type, one, one, steps=STEPS, spread=spread) == 1
    if alike == 1 and answer_type not in SAME_IN_OTHER_WORDS:
        assert one == other


@given(one=ANSWERS[AnswerType.SPANS], other=ANSWERS[AnswerType.SPANS])
def test_exact_spans_are_alike_in_their_characters_too(one: str, other: str) -> None:
    assert span_f1(one, other) == span_f1(other, one)
    assert (span_f1(one, other) == 1) == (one == other)
    if one == other:
        assert similarity(AnswerType.SPANS, one, other) == 1


@pytest.mark.parametrize(
    ("answer_type", "one", "other", "expected"),
    [
        (AnswerType.CLASS, "a", "b", 0.0),
        (AnswerType.SET, '["a","b"]', '["b","c"]', 1 / 3),
        (AnswerType.SET, "[]", "[]", 1.0),
        (AnswerType.SET, "[]", '["a"]', 0.0),
        (AnswerType.PATHS, '[["Sports","Football"]]', '[["Sports","Tennis"]]', 0.5),
        (AnswerType.PATHS, '[["Sports","Football"]]', '[["Sports"]]', 2 / 3),
        (AnswerType.PATHS, '[["Sports","Football"]]', '[["Arts","Football"]]', 0.0),
        (AnswerType.SCALE, "1", "5", 0.0),
        (AnswerType.SCALE, "4", "5", 0.75),
        (AnswerType.NUMBER, "8", "10", 0.8),
        (AnswerType.NUMBER, "-1", "1", 0.0),
        (AnswerType.SPANS, '[[0,4,"A"]]', '[[2,6,"A"]]', 0.5),
        (AnswerType.SPANS, '[[0,4,"A"]]', '[[0,4,"B"]]', 0.0),
        (AnswerType.SPANS, '[[0,4,"A"],[4,6,"A"]]', '[[0,6,"A"]]', 1.0),
        (AnswerType.TEXT, '["Dog bites man"]', '["man bites  dog"]', 1 / 3),
        (AnswerType.TEXT, '["The CAT sat."]', '["the cat  sat ."]', 1.0),
        (AnswerType.TEXT, '["a b"]', '["a","b"]', 0.8),
        (AnswerType.TEXT, '["猫が座る"]', '["犬が座る"]', 0.75),
    ],
)
def test_what_is_shared_counts(
    answer_type: AnswerType, one: str, other: str, expected: float
) -> None:
    assert similarity(answer_type, one, other, steps=STEPS) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("inner", "one", "other", "expected"),
    [
        (AnswerType.CLASS, '[[0,4,"A","x"]]', '[[0,4,"A","x"]]', 1.0),
        (AnswerType.CLASS, '[[0,4,"A","x"]]', '[[0,4,"A","y"]]', 0.0),
        # What only one of them marks, nobody can agree on.
        (AnswerType.CLASS, '[[0,4,"A","x"]]', "[]", 0.0),
        (AnswerType.CLASS, '[[0,4,"A","x"]]', '[[0,4,"B","x"]]', 0.0),
        (AnswerType.CLASS, '[[0,4,"A","x"],[5,9,"A","x"]]', '[[0,4,"A","x"]]', 2 / 3),
        (AnswerType.CLASS, '[[0,4,"A","x"]]', '[[2,6,"A","x"]]', 0.5),
        (AnswerType.CLASS, '[[0,6,"A","x"],[6,8,"A","y"]]', '[[0,8,"A","x"]]', 0.75),
        (AnswerType.SCALE, '[[0,4,"A","4"]]', '[[0,4,"A","5"]]', 0.75),
        (AnswerType.NUMBER, '[[0,4,"A","8"]]', '[[0,4,"A","10"]]', 0.8),
        (AnswerType.SET, '[[0,4,"A","[\\"a\\",\\"b\\"]"]]', '[[0,4,"A","[\\"a\\"]"]]', 0.5),
    ],
)
def test_regions_are_as_alike_as_what_is_said_where_both_marked(
    inner: AnswerType, one: str, other: str, expected: float
) -> None:
    alike = similarity(AnswerType.REGIONS, one, other, steps=STEPS, inner=inner)
    assert alike == pytest.approx(expected)


@pytest.mark.parametrize("spans", ['[[0,4,"A"]]', '[[0,4,"A"],[2,9,"B"]]', "[]"])
@pytest.mark.parametrize("others", ['[[0,4,"A"]]', '[[1,7,"A"],[3,9,"B"]]', "[]"])
def test_where_all_is_said_alike_regions_are_as_alike_as_spans(spans: str, others: str) -> None:
    one, other = (
        canonical_regions(dict.fromkeys(spans_of(marked), "x")) for marked in (spans, others)
    )
    assert similarity(AnswerType.REGIONS, one, other) == similarity(AnswerType.SPANS, spans, others)


def test_numbers_further_apart_than_the_spread_have_nothing_in_common() -> None:
    assert similarity(AnswerType.NUMBER, "10", "11", spread=4) == pytest.approx(0.75)
    assert similarity(AnswerType.NUMBER, "10", "20", spread=4) == 0


@pytest.mark.parametrize(
    ("answer_type", "answer"),
    [
        (AnswerType.SET, "a"),
        (AnswerType.PATHS, '["a"]'),
        (AnswerType.SCALE, "good"),
        (AnswerType.SPANS, "[[1]]"),
        (AnswerType.REGIONS, '[[0,4,"A"]]'),
        (AnswerType.REGIONS, '[[0,4,"A","x"],[0,4,"A","y"]]'),
        (AnswerType.REGIONS, "3"),
        (AnswerType.TEXT, "plain"),
        (AnswerType.NUMBER, "many"),
        (AnswerType.NUMBER, "nan"),
    ],
)
def test_what_is_no_answer_of_the_kind_is_refused(answer_type: AnswerType, answer: str) -> None:
    with pytest.raises(AnswerError):
        similarity(answer_type, answer, answer)
