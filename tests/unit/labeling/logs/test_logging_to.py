"""The settings say where lines go, in which form, and from which level on."""

import json
import logging
import warnings
from pathlib import Path
from typing import Any

import pytest

from labeling.logs.logging_to import logging_to
from labeling.settings.sections import LogSettings

FOREIGN = ("httpx", "alembic.runtime.migration", "sqlalchemy.engine", "werkzeug", "gunicorn.error")


def settings(**given: Any) -> LogSettings:
    return LogSettings.model_validate(given)


def test_lines_go_to_stderr_as_text_unless_they_are_set_otherwise(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with logging_to(settings()):
        logging.getLogger("tandem.pass_log").info("Done")
    (line,) = capsys.readouterr().err.splitlines()
    assert line.endswith("INFO tandem.pass_log - Done")


def test_they_go_to_a_file_instead(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with logging_to(settings(file=tmp_path / "tandem.log", format="json")):
        logging.getLogger("backend.service").info("Done")
    assert json.loads((tmp_path / "tandem.log").read_text())["message"] == "Done"
    assert capsys.readouterr().err == ""


def test_somebody_who_attends_is_not_told_twice(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with logging_to(settings(), is_attended=True):
        logging.getLogger("tandem.pass_log").warning("Nowhere")
    with logging_to(settings(file=tmp_path / "tandem.log"), is_attended=True):
        logging.getLogger("tandem.pass_log").warning("In the file")
    assert "In the file" in (tmp_path / "tandem.log").read_text()
    assert capsys.readouterr().err == ""


def test_the_level_is_that_of_tandem_s_own_lines(capsys: pytest.CaptureFixture[str]) -> None:
    with logging_to(settings(level="warning")):
        logging.getLogger("tandem").info("small")
        logging.getLogger("tandem").warning("large")
    assert "large" in (said := capsys.readouterr().err)
    assert "small" not in said


@pytest.mark.parametrize("name", FOREIGN)
def test_libraries_write_warnings_alone_in_the_same_form(
    name: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logging.getLogger(name), "level", logging.INFO)  # as werkzeug does itself
    with logging_to(settings(level="debug", format="json")):
        logging.getLogger(name).info('HTTP Request: GET http://studio/?token=secret "200 OK"')
        logging.getLogger(name).warning("Something is wrong")
    (line,) = capsys.readouterr().err.splitlines()
    assert json.loads(line)["logger"] == name


def test_python_s_own_warnings_are_lines_too(capsys: pytest.CaptureFixture[str]) -> None:
    with logging_to(settings(format="json")), warnings.catch_warnings():
        warnings.simplefilter("always")
        logging.captureWarnings(True)
        warnings.warn("It goes", FutureWarning, stacklevel=1)
        logging.captureWarnings(False)
    (line,) = capsys.readouterr().err.splitlines()
    assert "It goes" in json.loads(line)["message"]


def test_afterwards_all_is_as_it_was(capsys: pytest.CaptureFixture[str]) -> None:
    before = list(logging.getLogger().handlers)
    with logging_to(settings()):
        pass
    logging.getLogger("tandem").info("Nowhere")
    assert logging.getLogger().handlers == before
    assert capsys.readouterr().err == ""
