"""Files and folders that only their owner may read."""

from pathlib import Path

import pytest

from labeling.private_files import make_private_file, make_private_folder


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def test_all_folders_that_are_made_are_private(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    make_private_folder(tmp_path / "data" / "learned" / "7")
    assert mode(tmp_path / "data" / "learned" / "7") == 0o700
    assert mode(tmp_path / "data" / "learned") == mode(tmp_path / "data") == 0o700
    assert mode(tmp_path) == 0o755


def test_a_folder_that_is_there_stays_as_its_owner_made_it(tmp_path: Path) -> None:
    tmp_path.chmod(0o750)
    make_private_folder(tmp_path)
    assert mode(tmp_path) == 0o750


def test_what_is_no_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("")
    with pytest.raises(NotADirectoryError):
        make_private_folder(tmp_path / "data")


def test_a_file_is_made_empty_and_private(tmp_path: Path) -> None:
    make_private_file(tmp_path / "cache")
    assert (tmp_path / "cache").read_bytes() == b""
    assert mode(tmp_path / "cache") == 0o600


def test_a_file_that_others_could_read_keeps_its_content_alone(tmp_path: Path) -> None:
    file = tmp_path / "cache"
    file.write_bytes(b"content")
    file.chmod(0o644)
    make_private_file(file)
    assert (file.read_bytes(), mode(file)) == (b"content", 0o600)
