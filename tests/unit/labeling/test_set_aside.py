"""What cannot be read keeps its content under another name, and leaves its own name free."""

from pathlib import Path

from labeling.set_aside import set_aside


def test_it_keeps_its_content_and_frees_its_name(tmp_path: Path) -> None:
    file = tmp_path / "state.json"
    file.write_text("{")
    aside = set_aside(file)
    assert not file.exists()
    assert aside.read_text() == "{"
    assert aside.name.startswith("state.json.damaged-")


def test_what_belongs_to_it_goes_with_it(tmp_path: Path) -> None:
    file = tmp_path / "cache.sqlite3"
    for suffix in ("", "-wal"):
        file.with_name(file.name + suffix).write_text(suffix)
    aside = set_aside(file, ("-wal", "-shm"))
    assert sorted(one.name for one in tmp_path.iterdir()) == [aside.name, f"{aside.name}-wal"]


def test_the_second_does_not_take_the_place_of_the_first(tmp_path: Path) -> None:
    file = tmp_path / "state.json"
    names = set()
    for content in ("first", "second"):
        file.write_text(content)
        names.add(set_aside(file).read_text())
    assert names == {"first", "second"}
    assert len(list(tmp_path.iterdir())) == 2
