"""`tandem check` on a project without labels says what to do, in one line."""

from pathlib import Path

import pytest

from tests.support.commands import tandem, the_line
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
