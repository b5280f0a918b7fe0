"""Listed spans are found in the text where they stand, and nowhere else."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.engines import Generation
from backend.questions.spans import MOST_WORDS, listed, places_of, schema_of
from labeling.predictions.prediction import Failure
from tests.support.capable_engine import AbleEngine
from tests.support.questions import ask, form_of, model_spec_of

WORDS = st.sampled_from(
    ["Ann", "Anna", "Bo", "é", "e\u0301", "👩‍👧", "it's", "\u2013", "(", "x.y", "a+b"]
)
SPACES = st.sampled_from([" ", "  ", "\n", "\r\n", "\t", ""])


@st.composite
def texts(draw: st.DrawFn) -> str:
    pieces = draw(st.lists(st.tuples(WORDS, SPACES), min_size=1, max_size=30))
    return "".join(word + space for word, space in pieces)


@given(texts(), st.data())
def test_every_place_is_the_span_itself(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    span = text[start:end]
    for first, last in places_of(span, text):
        assert text[first:last].split() == span.split()
        assert text[first:last] == text[first:last].strip()


@pytest.mark.parametrize(
    ("span", "found"),
    [
        ("Ann", ["Ann", "Ann"]),
        ("Anna Berg", ["Anna \n Berg"]),
        ("nna", ["nna"]),
        ("Bo", []),
        ("", []),
        ("  ", []),
        ("Ann.", ["Ann."]),
    ],
)
def test_it_is_found_in_whole_words_wherever_there_are_some(span: str, found: list[str]) -> None:
    text = "Ann, Anna \n Berg and Ann."
    assert [text[start:end] for start, end in places_of(span, text)] == found


@given(texts())
def test_the_schema_allows_what_stands_in_the_text_alone(text: str) -> None:
    schema = json.loads(schema_of(text))
    for span in schema["items"].get("enum", []):
        assert places_of(span, text)


def test_a_text_of_many_words_may_list_anything_short() -> None:
    schema = json.loads(schema_of("word " * (MOST_WORDS + 1)))
    assert schema["items"] == {"type": "string", "maxLength": 200}


def test_a_span_is_as_probable_as_its_own_tokens() -> None:
    #       [" A  nna ",  " Bo "]
    pieces = ['["', "A", "nna", '", "', "Bo", '"]']
    probabilities = [0.1, 0.5, 0.5, 0.2, 0.9, 0.3]
    ends = tuple(np.cumsum([len(piece) for piece in pieces]).tolist())
    one = Generation("".join(pieces), np.log(probabilities), token_ends=ends)
    assert dict(listed(one)) == pytest.approx({"Anna": 0.5, "Bo": 0.9})


def test_a_list_that_was_cut_keeps_what_it_has_whole() -> None:
    one = Generation('["Anna", "B', np.log([0.5, 0.5]), is_whole=False, token_ends=(7, 11))
    assert [span for span, _ in listed(one)] == ["Anna"]


def test_where_some_are_required_none_are_no_answer() -> None:
    control = '<Labels name="c" toName="text" required="true"><Label value="Person"/></Labels>'
    engine = AbleEngine(lambda _: "[]")
    [outcome] = ask(model_spec_of(form_of(control)), engine, [{"text": "Ann met Bo."}])
    assert isinstance(outcome, Failure)
    assert "requires" in outcome.error
