"""`tandem check` as a command: what it tells, and what it says where it cannot."""

from pathlib import Path

import pytest

from tests.support.commands import tandem, the_line, the_object
from tests.support.labelled_project import REASON, KnowingBackend, labelled_project
from tests.support.memory_commands import work_on
from tests.support.memory_project import new_memory_loop


@pytest.mark.parametrize("tasks", [0, 3])
def test_where_nothing_is_labelled_there_is_nothing_to_check(
    tasks: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    work_on(new_memory_loop(tmp_path, tasks, "ada@memory.localhost"), monkeypatch)
    result = tandem("check", "--out", str(tmp_path / "suspects.html"))
    assert (result.exit_code, result.stdout) == (1, "")
    assert "There is nothing to check" in the_line(result)
    assert "Import tasks into Label Studio and label some" in the_line(result)
    assert not (tmp_path / "suspects.html").exists()


def test_the_model_s_reasons_are_told_as_the_model_s(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    work_on(labelled_project(tmp_path), monkeypatch, KnowingBackend())
    result = tandem("check", "--ask", "3")
    assert result.exit_code == 0, result.stderr
    told = " ".join(result.stdout.split())
    assert "tiny gave a reason for 2 of 3 labels. Nothing vouches for what it says" in told
    assert told.count("tiny says:") == 2


def test_a_script_is_told_what_the_model_said_in_the_same_order_as_without_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    work_on(labelled_project(tmp_path), monkeypatch, KnowingBackend())
    before, after = (the_object(tandem("check", "--json", *ask)) for ask in ([], ["--ask=3"]))
    assert (before["asked_model"], after["asked_model"]) == (None, "tiny")
    assert [one["model_reason"] for one in after["findings"][:4]] == ["", REASON, REASON, ""]
    assert [one["p_true"] for one in after["findings"][:4]] == [0.25, 0.25, 0.25, None]
    for name in ("task", "probability", "reason"):
        assert [one[name] for one in before["findings"]] == [one[name] for one in after["findings"]]


def test_a_model_that_cannot_be_asked_leaves_what_was_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    backend = KnowingBackend()
    backend.is_away = True
    work_on(labelled_project(tmp_path), monkeypatch, backend)
    result = tandem("check", "--ask", "3", "--json")
    assert result.exit_code == 0
    assert "The model gave no reasons: The ML backend does not answer" in result.stderr
    assert the_object(result)["findings"]
