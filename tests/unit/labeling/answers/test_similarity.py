"""Two answers are as alike as what they share, whatever their kind."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labeling.answers.similarity import likeness, span_f1
from labeling.answers.types import Kind, spans_of, written, written_regions
from labeling.errors import AnswerError

STEPS = 5
WORDS = st.sampled_from(["a", "b", "c", "d"])
SPAN = st.tuples(st.integers(0, 8), st.integers(1, 5), WORDS).map(
    lambda drawn: (drawn[0], drawn[0] + drawn[1], drawn[2])
)
ANSWERS: dict[Kind, st.SearchStrategy[str]] = {
    Kind.CLASS: WORDS,
    Kind.SET: st.sets(WORDS).map(sorted).map(written),
    Kind.PATHS: st.sets(st.lists(WORDS, min_size=1, max_size=3).map(tuple))
    .map(sorted)
    .map(written),
    Kind.SCALE: st.integers(1, STEPS).map(str),
    Kind.PAIR: st.sampled_from(["left", "right"]),
    Kind.SPANS: st.sets(SPAN).map(sorted).map(written),
    Kind.REGIONS: st.dictionaries(SPAN, WORDS).map(written_regions),
    Kind.TEXT: st.lists(st.text("ab .", max_size=9), min_size=1, max_size=2).map(written),
    Kind.NUMBER: st.floats(allow_nan=False, allow_infinity=False).map(str),
}

SAME_IN_OTHER_WORDS = {Kind.SPANS, Kind.REGIONS, Kind.TEXT, Kind.NUMBER, Kind.PATHS}


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("spread", [0.0, 10.0])
@given(data=st.data())
def test_it_is_symmetric_and_one_for_the_same(
    kind: Kind, spread: float, data: st.DataObject
) -> None:
    one, other = data.draw(ANSWERS[kind]), data.draw(ANSWERS[kind])
    alike = likeness(kind, one, other, steps=STEPS, spread=spread)
    assert 0 <= alike <= 1
    assert alike == likeness(kind, other, one, steps=STEPS, spread=spread)
    assert likeness(kind, one, one, steps=STEPS, spread=spread) == 1
    if alike == 1 and kind not in SAME_IN_OTHER_WORDS:
        assert one == other


@given(one=ANSWERS[Kind.SPANS], other=ANSWERS[Kind.SPANS])
def test_exact_spans_are_alike_in_their_characters_too(one: str, other: str) -> None:
    assert span_f1(one, other) == span_f1(other, one)
    assert (span_f1(one, other) == 1) == (one == other)
    if one == other:
        assert likeness(Kind.SPANS, one, other) == 1


@pytest.mark.parametrize(
    ("kind", "one", "other", "expected"),
    [
        (Kind.CLASS, "a", "b", 0.0),
        (Kind.SET, '["a","b"]', '["b","c"]', 1 / 3),
        (Kind.SET, "[]", "[]", 1.0),
        (Kind.SET, "[]", '["a"]', 0.0),
        (Kind.PATHS, '[["Sports","Football"]]', '[["Sports","Tennis"]]', 0.5),
        (Kind.PATHS, '[["Sports","Football"]]', '[["Sports"]]', 2 / 3),
        (Kind.PATHS, '[["Sports","Football"]]', '[["Arts","Football"]]', 0.0),
        (Kind.SCALE, "1", "5", 0.0),
        (Kind.SCALE, "4", "5", 0.75),
        (Kind.NUMBER, "8", "10", 0.8),
        (Kind.NUMBER, "-1", "1", 0.0),
        (Kind.SPANS, '[[0,4,"A"]]', '[[2,6,"A"]]', 0.5),
        (Kind.SPANS, '[[0,4,"A"]]', '[[0,4,"B"]]', 0.0),
        (Kind.SPANS, '[[0,4,"A"],[4,6,"A"]]', '[[0,6,"A"]]', 1.0),
        (Kind.TEXT, '["Dog bites man"]', '["man bites  dog"]', 1 / 3),
        (Kind.TEXT, '["The CAT sat."]', '["the cat  sat ."]', 1.0),
        (Kind.TEXT, '["a b"]', '["a","b"]', 0.8),
        (Kind.TEXT, '["猫が座る"]', '["犬が座る"]', 0.75),
    ],
)
def test_what_is_shared_counts(kind: Kind, one: str, other: str, expected: float) -> None:
    assert likeness(kind, one, other, steps=STEPS) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("inner", "one", "other", "expected"),
    [
        (Kind.CLASS, '[[0,4,"A","x"]]', '[[0,4,"A","x"]]', 1.0),
        (Kind.CLASS, '[[0,4,"A","x"]]', '[[0,4,"A","y"]]', 0.0),
        # What only one of them marks, nobody can agree on.
        (Kind.CLASS, '[[0,4,"A","x"]]', "[]", 0.0),
        (Kind.CLASS, '[[0,4,"A","x"]]', '[[0,4,"B","x"]]', 0.0),
        (Kind.CLASS, '[[0,4,"A","x"],[5,9,"A","x"]]', '[[0,4,"A","x"]]', 2 / 3),
        (Kind.CLASS, '[[0,4,"A","x"]]', '[[2,6,"A","x"]]', 0.5),
        (Kind.CLASS, '[[0,6,"A","x"],[6,8,"A","y"]]', '[[0,8,"A","x"]]', 0.75),
        (Kind.SCALE, '[[0,4,"A","4"]]', '[[0,4,"A","5"]]', 0.75),
        (Kind.NUMBER, '[[0,4,"A","8"]]', '[[0,4,"A","10"]]', 0.8),
        (Kind.SET, '[[0,4,"A","[\\"a\\",\\"b\\"]"]]', '[[0,4,"A","[\\"a\\"]"]]', 0.5),
    ],
)
def test_regions_are_as_alike_as_what_is_said_where_both_marked(
    inner: Kind, one: str, other: str, expected: float
) -> None:
    alike = likeness(Kind.REGIONS, one, other, steps=STEPS, inner=inner)
    assert alike == pytest.approx(expected)


@pytest.mark.parametrize("spans", ['[[0,4,"A"]]', '[[0,4,"A"],[2,9,"B"]]', "[]"])
@pytest.mark.parametrize("others", ['[[0,4,"A"]]', '[[1,7,"A"],[3,9,"B"]]', "[]"])
def test_where_all_is_said_alike_regions_are_as_alike_as_spans(spans: str, others: str) -> None:
    one, other = (
        written_regions(dict.fromkeys(spans_of(marked), "x")) for marked in (spans, others)
    )
    assert likeness(Kind.REGIONS, one, other) == likeness(Kind.SPANS, spans, others)


def test_numbers_further_apart_than_the_spread_have_nothing_in_common() -> None:
    assert likeness(Kind.NUMBER, "10", "11", spread=4) == pytest.approx(0.75)
    assert likeness(Kind.NUMBER, "10", "20", spread=4) == 0


@pytest.mark.parametrize(
    ("kind", "answer"),
    [
        (Kind.SET, "a"),
        (Kind.PATHS, '["a"]'),
        (Kind.SCALE, "good"),
        (Kind.SPANS, "[[1]]"),
        (Kind.REGIONS, '[[0,4,"A"]]'),
        (Kind.REGIONS, '[[0,4,"A","x"],[0,4,"A","y"]]'),
        (Kind.REGIONS, "3"),
        (Kind.TEXT, "plain"),
        (Kind.NUMBER, "many"),
        (Kind.NUMBER, "nan"),
    ],
)
def test_what_is_no_answer_of_the_kind_is_refused(kind: Kind, answer: str) -> None:
    with pytest.raises(AnswerError):
        likeness(kind, answer, answer)
