"""`Paragraphs`: a dialogue is read as its lines, and marked in what is said."""

import json
from typing import Any

import pytest

from labeling.errors import AnswerError, LabelConfigError, TaskError
from labeling.form.form import Form, parse
from labeling.objects import LONGEST_TEXT

TALK = [
    {"author": "Ana", "text": "Hi 👩🏽‍🚒 there, Ben."},
    {"author": "Ben", "text": "Line one\r\nline two\nthree"},
    {"author": "Ana", "text": "  Bye  <b>now</b> "},
]
TEXT = "Ana: Hi 👩🏽‍🚒 there, Ben.\nBen: Line one\r\nline two\nthree\nAna:   Bye  <b>now</b> "


def form(attributes: str = "", control: str = "ParagraphLabels") -> Form:
    return parse(
        f'<View><Paragraphs name="d" value="$talk" {attributes}/><{control} name="acts" toName="d">'
        f'<Label value="A"/></{control}><Rating name="stars" toName="d"/></View>'
    )


def region(start: object, begin: object, end: object, behind: object) -> list[dict[str, Any]]:
    value = {"start": start, "startOffset": begin, "end": end, "endOffset": behind}
    kind = "paragraphlabels"
    return [{"from_name": "acts", "to_name": "d", "type": kind, "value": {**value, kind: ["A"]}}]


def marked(regions: list[dict[str, Any]]) -> str:
    """The words that regions mark."""
    item = form().text_of({"talk": TALK})
    answer = form().decode(regions, item)
    assert answer is not None
    [[start, end, _]] = parse_spans(form(), answer)
    return TEXT[start:end]


def parse_spans(of: Form, answer: str) -> list[list[Any]]:
    spans: list[list[Any]] = json.loads(of.answers(answer)["acts"])
    return spans


class TestReading:
    def test_each_paragraph_is_a_line(self) -> None:
        item = form().text_of({"talk": TALK})
        assert form().shown(item) == {"d": TEXT}
        assert form().read(item) == TEXT

    def test_the_task_is_what_the_item_says(self) -> None:
        timed = [{**one, "start": place} for place, one in enumerate(TALK)]
        assert form().data_of(form().text_of({"talk": timed})) == {"talk": TALK}

    @pytest.mark.parametrize(
        ("paragraph", "line"),
        [
            ({"author": "", "text": "Hello."}, "Hello."),
            ({"author": None, "text": "Hello."}, "Hello."),
            ({"text": "Hello."}, "Hello."),
            ({"author": "Ana", "text": 5}, "Ana: 5"),
            ({"author": 7, "text": "Hello."}, "7: Hello."),
        ],
    )
    def test_what_is_missing_is_not_shown_and_numbers_are(
        self, paragraph: dict[str, Any], line: str
    ) -> None:
        item = form().text_of({"talk": [paragraph]})
        assert form().shown(item) == {"d": line}

    def test_the_tag_names_the_keys(self) -> None:
        of = form('nameKey="who" textKey="says"')
        item = of.text_of({"talk": [{"who": "Ana", "says": "Hello.", "text": "not this"}]})
        assert of.shown(item) == {"d": "Ana: Hello."}
        assert of.data_of(item) == {"talk": [{"who": "Ana", "says": "Hello."}]}

    @pytest.mark.parametrize(
        ("talk", "complaint"),
        [
            (None, "no field 'talk'"),
            ("https://example.org/talk.json", "not a list of paragraphs"),
            ({"author": "Ana", "text": "Hello."}, "not a list of paragraphs"),
            ([], "is empty"),
            ([{"author": "Ana", "text": " "}], "is empty"),
            (["Hello."], "has no 'text'"),
            ([{"author": "Ana"}], "has no 'text'"),
            ([{"author": "Ana", "text": ["Hello."]}], "no text"),
            ([{"author": "Ana", "text": True}], "no text"),
            ([{"author": "Ana", "text": "x" * LONGEST_TEXT}], "longer than"),
        ],
    )
    def test_what_is_no_dialogue_is_an_error_of_its_task(self, talk: Any, complaint: str) -> None:
        with pytest.raises(TaskError, match=complaint):
            form().text_of({"talk": talk})

    @pytest.mark.parametrize("item", ["", "no JSON", "7", "[7]", '[{"author": "Ana"}]'])
    def test_what_is_no_item_is_refused(self, item: str) -> None:
        with pytest.raises(TaskError):
            form().shown(item)

    @pytest.mark.parametrize("attributes", ['valueType="url"', 'contextScroll="true"'])
    def test_variants_that_cannot_be_read_are_left_to_people(self, attributes: str) -> None:
        with pytest.raises(LabelConfigError, match="only ParagraphLabels 'acts'"):
            form(attributes)


class TestStretches:
    """The numbers are those that Label Studio's page stored for spans marked by hand."""

    def test_offsets_are_utf_16_code_units_of_what_is_said(self) -> None:
        assert marked(region("0", 11, "0", 16)) == "there"

    def test_a_stretch_over_paragraphs_holds_the_names_between(self) -> None:
        assert marked(region("1", 5, "2", 5)) == "one\r\nline two\nthree\nAna:   Bye"

    def test_what_ends_before_anything_is_said_ends_with_the_line_before(self) -> None:
        assert marked(region("0", 11, "1", 0)) == "there, Ben."
        assert marked(region("0", 22, "1", 4)) == "Line"

    def test_paragraphs_are_stored_as_strings_since_the_page_shows_no_others(self) -> None:
        start = TEXT.index("there")
        item = form().text_of({"talk": TALK})
        [stored] = form().encode(f'{{"acts":"[[{start},{start + 5},\\"A\\"]]"}}', item)
        assert stored["value"] == {
            "start": "0",
            "end": "0",
            "startOffset": 11,
            "endOffset": 16,
            "text": "there",
            "paragraphlabels": ["A"],
        }

    @pytest.mark.parametrize("words", ["Ana", "Ana: Hi", " Hi", "Ben.\n", "\nBen: Line"])
    def test_a_name_cannot_be_marked(self, words: str) -> None:
        start = TEXT.index(words)
        item = form().text_of({"talk": TALK})
        answer = f'{{"acts":"[[{start},{start + len(words)},\\"A\\"]]"}}'
        assert not form().accepts(answer, item)

    def test_names_are_blank_where_stretches_are_looked_for(self) -> None:
        blank = form().markable(form().text_of({"talk": TALK}))["d"]
        assert len(blank) == len(TEXT)
        assert blank.splitlines()[0] == "     Hi 👩🏽‍🚒 there, Ben."

    @pytest.mark.parametrize(
        "place",
        [
            ("3", 0, "3", 1),
            ("0", 0, "0", 23),
            ("0", -1, "0", 2),
            ("0", 4, "0", 4),
            ("1", 0, "0", 2),
            ("0", 0, None, None),
            (0.0, 0, 0.0, 2),
            ("0", "0", "0", "2"),
            ("-1", 0, "0", 2),
            ("²", 0, "²", 2),
        ],
    )
    def test_what_stands_in_no_paragraph_is_refused(self, place: tuple[Any, Any, Any, Any]) -> None:
        with pytest.raises(AnswerError):
            form().decode(region(*place), form().text_of({"talk": TALK}))

    def test_without_the_dialogue_nothing_can_be_told(self) -> None:
        with pytest.raises(AnswerError, match="cannot be told"):
            form().decode(region("0", 11, "0", 16))

    def test_labels_are_left_to_people_since_the_page_lets_nobody_mark(self) -> None:
        [left] = form(control="Labels").left_to_people
        assert left.reason == "Labels 'acts' (line 1): no Labels is answered on a Paragraphs"
