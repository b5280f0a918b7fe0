"""Answers come from a file that people have: an export of the project, or a plain table."""

import json
from pathlib import Path

import pytest

from backend.compression.answers import read_answers
from labeling.errors import SettingsError
from labeling.settings.settings import Settings

ROWS = [(f"text {number}", "good" if number % 3 else "bad") for number in range(30)]


def write_csv(folder: Path, rows: list[tuple[str, str]], header: str = "text,label") -> Path:
    file = folder / "answers.csv"
    file.write_text("\n".join([header, *(f"{text},{label}" for text, label in rows)]))
    return file


def test_a_table_of_texts_and_labels_is_read(tmp_path: Path) -> None:
    found = read_answers(write_csv(tmp_path, ROWS), Settings())
    assert found.values == ("bad", "good")
    assert found.answers.tolist() == [1 if number % 3 else 0 for number in range(30)]
    assert found.requests[4].context.text == "text 4"
    assert found.requests[4].continuations == (" bad", " good")


def test_of_an_export_people_s_own_answers_count(tmp_path: Path) -> None:
    file = tmp_path / "labels.jsonl"
    rows: list[dict[str, str | None]]
    rows = [{"text": t, "label": "good", "people_label": label} for t, label in ROWS]
    rows += [{"text": f"open {n}", "label": "good", "people_label": None} for n in range(5)]
    file.write_text("\n".join(map(json.dumps, rows)))
    found = read_answers(file, Settings())
    assert len(found) == 30
    assert found.answers.sum() == 20


def test_labels_may_be_written_as_shown_or_as_stored(tmp_path: Path) -> None:
    config = (
        '<View><Text name="t" value="$text"/><Choices name="c" toName="t">'
        '<Choice value="Good one" alias="good"/><Choice value="Bad one" alias="bad"/>'
        "</Choices></View>"
    )
    rows = [(text, "Good one" if label == "good" else label) for text, label in ROWS]
    found = read_answers(write_csv(tmp_path, rows), Settings(), config)
    assert found.values == ("good", "bad")
    assert found.answers.sum() == 10


def test_halves_share_nothing_and_hold_all(tmp_path: Path) -> None:
    found = read_answers(write_csv(tmp_path, ROWS), Settings())
    first, second = found.halves()
    assert len(first) == len(second) == 15
    assert {*first.requests} | {*second.requests} == {*found.requests}
    assert not {*first.requests} & {*second.requests}


@pytest.mark.parametrize(
    ("rows", "header", "said"),
    [
        (ROWS[:19], "text,label", "Only 19 texts have people's answers"),
        ([*ROWS, *ROWS[:5]][:19], "text,label", "Only 19"),
        (ROWS, "text,class", "need the columns text and label"),
    ],
)
def test_a_file_that_does_not_suffice_is_refused(
    rows: list[tuple[str, str]], header: str, said: str, tmp_path: Path
) -> None:
    with pytest.raises(SettingsError, match=said):
        read_answers(write_csv(tmp_path, rows, header), Settings())


def test_a_label_that_is_not_offered_is_named(tmp_path: Path) -> None:
    config = (
        '<View><Text name="t" value="$text"/><Choices name="c" toName="t">'
        '<Choice value="good"/><Choice value="fine"/></Choices></View>'
    )
    with pytest.raises(SettingsError, match="'bad' is not in the label config"):
        read_answers(write_csv(tmp_path, ROWS), Settings(), config)


def test_what_asks_for_more_than_a_choice_is_refused(tmp_path: Path) -> None:
    config = '<View><Text name="t" value="$text"/><Number name="n" toName="t"/></View>'
    with pytest.raises(SettingsError, match="compared on one choice"):
        read_answers(write_csv(tmp_path, ROWS), Settings(), config)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be read"):
        read_answers(tmp_path / "none.csv", Settings())
