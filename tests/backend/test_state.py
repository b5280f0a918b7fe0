"""What was learned is on disk, whole, with all that came before."""

from pathlib import Path

from backend.learning.calibrator import Calibrator
from backend.learning.state import Learned, StateStore

FIRST = Learned("Find the topic.", basis="b", content="c", prior=(-0.5, -1.0))
SECOND = Learned("Find it.", calibrator=Calibrator(slope=0.5, shifts=(0.1, -0.1), answers=30))


def test_an_unknown_project_has_none(tmp_path: Path) -> None:
    assert StateStore(tmp_path).get("1") is None
    assert StateStore(tmp_path).get(None) is None
    assert StateStore(tmp_path).versions("1") == []


def test_the_latest_is_in_force_after_a_restart(tmp_path: Path) -> None:
    store = StateStore(tmp_path)
    store.put("1", "model-aaaa", FIRST)
    assert store.get("1") == FIRST
    store.put("1", "model-bbbb", SECOND)
    assert StateStore(tmp_path).get("1") == SECOND


def test_projects_do_not_mix(tmp_path: Path) -> None:
    store = StateStore(tmp_path)
    store.put("1", "model-aaaa", FIRST)
    assert store.get("2") is None


def test_versions_are_kept_the_latest_first(tmp_path: Path) -> None:
    store = StateStore(tmp_path)
    store.put("1", "model-aaaa", FIRST)
    store.put("1", "model-bbbb", SECOND)
    assert store.versions("1") == ["model-bbbb", "model-aaaa"]
    store.put("1", "model-aaaa", FIRST)
    assert store.versions("1") == ["model-aaaa", "model-bbbb"]


def test_a_write_that_was_cut_off_is_not_seen(tmp_path: Path) -> None:
    StateStore(tmp_path).put("1", "model-aaaa", FIRST)
    (tmp_path / "1" / "x.unfinished").write_text('{"instruc')
    store = StateStore(tmp_path)
    assert store.get("1") == FIRST
    assert store.versions("1") == ["model-aaaa"]


def test_an_unreadable_file_is_as_none(tmp_path: Path) -> None:
    StateStore(tmp_path).put("1", "model-aaaa", FIRST)
    (tmp_path / "1" / "current.json").write_text("{}")
    assert StateStore(tmp_path).get("1") is None
