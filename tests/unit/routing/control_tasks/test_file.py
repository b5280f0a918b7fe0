"""The file of known answers: what it may look like, and what is said of a broken row."""

import json
from pathlib import Path
from typing import Any

import pytest

from labeling.errors import SettingsError
from labeling.form.form import Form, parse
from routing.control_tasks.file import read_known_answers
from routing.control_tasks.known_answer import KnownAnswer
from tests.support.label_configs import SENTIMENT

FORM = parse(SENTIMENT)
TWO = parse(
    '<View><Text name="text" value="$text"/>'
    '<Choices name="topic" toName="text"><Choice value="sport"/><Choice value="art"/></Choices>'
    '<Rating name="stars" toName="text"/></View>'
)
SPANS = parse(
    '<View><Text name="text" value="$text"/>'
    '<Labels name="names" toName="text"><Label value="PER"/><Label value="LOC"/></Labels></View>'
)


def read(folder: Path, name: str, content: str, form: Form = FORM) -> list[KnownAnswer]:
    file = folder / name
    file.write_text(content, encoding="utf-8")
    return read_known_answers(file, form)


class TestRows:
    def test_csv_has_the_task_s_fields_the_answer_and_an_explanation(self, tmp_path: Path) -> None:
        content = "text,id,answer,explanation\nFine,7,positive,It says so\n"
        [one] = read(tmp_path, "known.csv", content)
        assert one == KnownAnswer(
            ("positive",), "file", {"text": "Fine", "id": "7"}, explanation="It says so"
        )

    def test_the_answer_may_stand_under_the_control_s_name(self, tmp_path: Path) -> None:
        name = FORM.controls[0].from_name
        [one] = read(tmp_path, "known.csv", f"text,{name}\nFine,positive\n")
        assert one.accepted == ("positive",)

    def test_an_item_in_two_rows_has_two_right_answers(self, tmp_path: Path) -> None:
        content = "text,answer\nHm,positive\nHm,negative\n"
        [one] = read(tmp_path, "known.csv", content)
        assert one.accepted == ("positive", "negative")

    def test_json_lists_several_answers(self, tmp_path: Path) -> None:
        row = {"text": "Hm", "answers": ["positive", "negative"]}
        [one] = read(tmp_path, "known.jsonl", json.dumps(row))
        assert one.accepted == ("positive", "negative")

    def test_several_controls_have_a_column_each_and_some_may_stay_empty(
        self, tmp_path: Path
    ) -> None:
        content = "text,topic,stars\nA goal,sport,4\nA song,art,\n"
        both, one = read(tmp_path, "known.csv", content, TWO)
        assert [both.accepted, one.accepted] == [
            ('{"stars":"4","topic":"sport"}',),
            ('{"topic":"art"}',),
        ]

    def test_spans_are_written_as_the_export_writes_them(self, tmp_path: Path) -> None:
        row = {"text": "Maria in Rome", "answer": [{"start": 0, "end": 5, "label": "PER"}]}
        [one] = read(tmp_path, "known.jsonl", json.dumps(row), SPANS)
        assert one.accepted == ('[[0,5,"PER"]]',)

    def test_no_span_is_an_answer_too(self, tmp_path: Path) -> None:
        [one] = read(tmp_path, "known.jsonl", '{"text": "Nobody", "answer": []}', SPANS)
        assert one.accepted == ("[]",)

    @pytest.mark.parametrize("marked", [False, True])
    def test_label_studio_s_own_export_is_read(self, tmp_path: Path, marked: bool) -> None:
        annotations = [
            {"result": FORM.encode("positive"), "ground_truth": marked},
            {"result": FORM.encode("negative")},
            {"result": [], "was_cancelled": True},
        ]
        content = json.dumps([{"id": 3, "data": {"text": "Hm"}, "annotations": annotations}])
        [one] = read(tmp_path, "known.json", content)
        assert one.accepted == (("positive",) if marked else ("positive", "negative"))


class TestBrokenRows:
    @pytest.mark.parametrize(
        ("name", "content", "line"),
        [
            ("a.csv", "text,answer\nFine,positive\nBad,positiv\n", "a.csv:3). Did you mean pos"),
            ("a.csv", "text,answer\nFine,\n", "a.csv:2). Fill in"),
            ("a.csv", "text,label\nFine,positive\n", "a.csv:2). Name it"),
            ("a.csv", "title,answer\nFine,positive\n", "a.csv:2). Give it the fields"),
            ("a.csv", "text,answer\nFine, really,positive\n", "a.csv:2). Put cells"),
            ("a.jsonl", '{"text": "Fine", "answer"}\n', "a.jsonl:1). Correct it"),
            ("a.jsonl", '["Fine"]\n', 'a.jsonl:1). Write {"text"'),
            ("a.json", "{}", "a.json). Write ["),
            ("a.xlsx", "", "(quality.known_answers). Name a .csv"),
        ],
    )
    def test_one_line_says_where_and_how_to_fix_it(
        self, tmp_path: Path, name: str, content: str, line: str
    ) -> None:
        with pytest.raises(SettingsError) as refused:
            read(tmp_path, name, content)
        [said] = refused.value.lines
        assert line in said

    def test_a_file_that_is_not_there_is_named(self, tmp_path: Path) -> None:
        with pytest.raises(SettingsError, match=r"cannot be read.*none\.csv"):
            read_known_answers(tmp_path / "none.csv", FORM)

    @pytest.mark.parametrize("written", [{"topic": "sport", "mood": "x"}, {"stars": 9}, "sport", 3])
    def test_what_is_no_answer_of_a_form_of_several_controls_is_refused(
        self, tmp_path: Path, written: Any
    ) -> None:
        row = json.dumps({"text": "A goal", "answers": [written]})
        with pytest.raises(SettingsError, match="topic, stars"):
            read(tmp_path, "known.jsonl", row, TWO)


def test_the_examples_of_the_demos_desks_are_read() -> None:
    file = Path("tandem/demo/known_answers.csv")
    desks = parse(Path("tandem/demo/label_config.xml").read_text("utf-8"))
    found = read_known_answers(file, desks)
    assert len(found) == 48
    assert all(one.explanation for one in found)
