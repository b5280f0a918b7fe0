"""`Labels`: spans give back exactly the text that they were cut from."""

import random
from typing import Any

import pytest

from labeling.answers.types import canonical_json
from labeling.controls import Control
from labeling.errors import AnswerError, LabelConfigError
from labeling.form.form import parse
from tests.support.label_configs import on_text

LABELS = '<Label value="Person" alias="PER" hint="who"/><Label value="Place"/>'
PIECES = [
    "a",
    "Zoë",
    "e\u0301",
    "👩🏽\u200d🚒",
    "🇫🇷",
    "\r\n",
    "\n",
    "\t",
    " ",
    "\u05e9\u05dc",
    "\u202e",
    "&lt;",
]


def tag(attributes: str = "", labels: str = LABELS) -> Control:
    return parse(
        on_text(f'<Labels name="l" toName="text" {attributes}>{labels}</Labels>')
    ).controls[0]


def region(**value: Any) -> list[dict[str, Any]]:
    return [{"from_name": "l", "to_name": "text", "type": "labels", "value": value}]


def test_ten_thousand_spans_give_back_the_text_that_they_were_cut_from() -> None:
    control, dice = tag(), random.Random(7)
    for _ in range(10_000):
        text = "".join(dice.choices(PIECES, k=dice.randint(1, 12)))
        start, end = sorted(dice.sample(range(len(text) + 1), 2))
        answer = canonical_json([[start, end, dice.choice(["PER", "Place"])]])

        (marked,) = control.encode(answer, text)

        assert marked["value"]["text"] == text[start:end]
        assert text[marked["value"]["start"] : marked["value"]["end"]] == text[start:end]
        assert control.decode([marked]) == answer


def test_offsets_are_those_of_label_studio_s_page() -> None:
    """The numbers are those that its page counts: code points, and two for a line's end."""
    text = "👩🏽\u200d🚒 in\r\nParis"
    value = tag().encode('[[9,14,"Place"]]', text)[0]["value"]

    assert value == {"start": 9, "end": 14, "text": "Paris", "labels": ["Place"]}


def test_labels_have_aliases_and_hints() -> None:
    found = [(one.value, one.text, one.hint) for one in tag().candidates]

    assert found == [("PER", "Person", "who"), ("Place", "Place", "")]


def test_a_span_has_the_same_id_each_time_and_no_other_has_it() -> None:
    answer = '[[0,2,"PER"],[0,2,"Place"],[0,3,"PER"]]'
    first, second = (tag().encode(answer, "abcd") for _ in range(2))

    assert first == second
    assert len({marked["id"] for marked in first}) == 3
    assert {len(marked["id"]) for marked in first} == {10}


def test_a_region_with_several_labels_is_several_spans_and_doubles_are_one() -> None:
    regions = region(start=4, end=6, labels=["Place", "PER"]) + region(
        start=0, end=2, labels=["PER", "PER"]
    )

    assert tag().decode(regions) == '[[0,2,"PER"],[4,6,"PER"],[4,6,"Place"]]'


@pytest.mark.parametrize(
    "value",
    [
        {"labels": ["PER"]},
        {"start": 0, "labels": ["PER"]},
        {"start": 0, "end": True, "labels": ["PER"]},
        {"start": 0.0, "end": 2.0, "labels": ["PER"]},
        {"start": "0", "end": "2", "labels": ["PER"]},
        {"start": -1, "end": 2, "labels": ["PER"]},
        {"start": 2, "end": 2, "labels": ["PER"]},
        {"start": 0, "end": 2},
        {"start": 0, "end": 2, "labels": []},
        {"start": 0, "end": 2, "labels": "PER"},
        {"start": 0, "end": 2, "labels": [["PER"]]},
        {"start": 0, "end": 2, "labels": ["Person"]},
    ],
)
def test_a_region_that_is_no_span_is_refused(value: dict[str, Any]) -> None:
    with pytest.raises(AnswerError):
        tag().decode(region(**value))


@pytest.mark.parametrize(
    "answer",
    [
        '[[0,5,"PER"]]',
        '[[2,2,"PER"]]',
        '[[-1,2,"PER"]]',
        '[[0,2,"Person"]]',
        '[[0,true,"PER"]]',
        '[[0,1e999,"PER"]]',
        '[[1,2,"PER"],[0,1,"PER"]]',
        '[[0,1,"PER"],[0,1,"PER"]]',
        '[["0","1","PER"]]',
        '["0,1"]',
        "{}",
    ],
)
def test_what_is_no_span_of_the_text_cannot_be_written(answer: str) -> None:
    with pytest.raises(AnswerError):
        tag().encode(answer, "abcd")


@pytest.mark.parametrize("attribute", ['value="$labels"', 'perRegion="true"'])
def test_variants_that_it_cannot_answer_are_left_to_people(attribute: str) -> None:
    with pytest.raises(LabelConfigError, match="only Labels 'l'"):
        tag(attribute)


@pytest.mark.parametrize(
    ("labels", "complaint"),
    [
        ("<Label value=''/>", "no value"),
        ("<Label/>", "cannot be read"),
        (2 * '<Label value="a"/>', "'a' is there 2"),
    ],
)
def test_a_broken_tag_is_named_in_one_line(labels: str, complaint: str) -> None:
    with pytest.raises(LabelConfigError, match=complaint):
        tag(labels=labels)
