"""Every line is one line, of one form, and tells no secret."""

import json
import logging
import sys

import pytest

from labeling.logs.lines import JsonLine, TextLine, fields
from labeling.logs.request_id import leave_request_id, take_request_id

AT = 1_796_000_000.25


def record(message: str, *args: object, **extra: object) -> logging.LogRecord:
    content = {"name": "tandem.pass_log", "levelname": "INFO", "msg": message, "args": args}
    return logging.makeLogRecord({**content, "created": AT, **extra})


def failed(words: str) -> logging.LogRecord:
    try:
        raise ValueError(words)
    except ValueError:
        return record("It failed", exc_info=sys.exc_info())


def test_a_line_of_text_says_when_what_who_and_its_fields() -> None:
    line = TextLine().format(record("Done", **fields(project="posts", seconds=1.5)))
    assert line == (
        "2026-11-30T00:53:20.250Z INFO tandem.pass_log - Done project=posts seconds=1.5"
    )


def test_a_line_of_json_says_the_same_by_name() -> None:
    line = JsonLine().format(record("Done in %d s", 3, **fields(project="posts", seconds=1.5)))
    assert json.loads(line) == {
        "time": "2026-11-30T00:53:20.250Z",
        "level": "INFO",
        "logger": "tandem.pass_log",
        "request_id": "-",
        "message": "Done in 3 s",
        "project": "posts",
        "seconds": 1.5,
    }


def test_the_id_of_the_pass_or_the_request_stands_in_it() -> None:
    token = take_request_id("7f3a")
    try:
        assert " 7f3a Done" in TextLine().format(record("Done"))
        assert json.loads(JsonLine().format(record("Done")))["request_id"] == "7f3a"
    finally:
        leave_request_id(token)
    assert " - Done" in TextLine().format(record("Done"))


@pytest.mark.parametrize("form", [TextLine(), JsonLine()], ids=["text", "json"])
class TestWhateverItsForm:
    @pytest.mark.parametrize(
        "message", ["one\ntwo", "one\r\ntwo", "one\x1b[31mtwo", "one\u2028two"]
    )
    def test_nothing_can_pass_for_a_line_of_its_own(
        self, form: logging.Formatter, message: str
    ) -> None:
        line = form.format(record(message))
        assert line.isprintable()
        assert "one" in line
        assert "two" in line

    def test_an_exception_says_where_it_happened_and_not_its_words(
        self, form: logging.Formatter
    ) -> None:
        line = form.format(failed("a text of somebody's"))
        assert "ValueError" in line
        assert "test_lines.py" in line
        assert "somebody" not in line

    @pytest.mark.parametrize("user", ["ada:pass-word", "ada", "ada:p@ss-word"])
    def test_an_address_loses_its_user(self, form: logging.Formatter, user: str) -> None:
        line = form.format(record("No answer of %s", f"https://{user}@studio.example:8080/a?b=c@d"))
        assert "https://studio.example:8080/a?b=c@d" in line
        assert "ada" not in line
        assert "word" not in line
