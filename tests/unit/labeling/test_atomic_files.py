"""A file is there whole or not at all."""

from pathlib import Path

import pytest

from labeling.atomic_files import replacing


def test_a_draft_takes_the_file_s_place_at_the_end(tmp_path: Path) -> None:
    file = tmp_path / "table.csv"
    file.write_text("old")

    with replacing(file, mode=0o600) as draft:
        draft.write_text("new")
        assert file.read_text() == "old"

    assert file.read_text() == "new"
    assert file.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [file]


def test_an_error_leaves_the_old_file_and_no_draft(tmp_path: Path) -> None:
    file = tmp_path / "table.csv"
    file.write_text("old")

    def fail() -> None:
        with replacing(file) as draft:
            draft.write_text("half")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()

    assert file.read_text() == "old"
    assert list(tmp_path.iterdir()) == [file]
