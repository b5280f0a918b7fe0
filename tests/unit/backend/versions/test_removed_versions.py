"""Versions that are kept no more leave nothing behind, and take nothing along that is needed."""

import os
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path

import pytest

from backend.calibration.learned_state import LearnedState
from backend.runtime.retry_later import RetryLater
from backend.versions.registry import VersionRegistry
from tests.support.fitted_versions import fitted, names

STATE = LearnedState("Find it.")


def put(registry: VersionRegistry, name: str) -> None:
    registry.put("1", fitted(name, STATE), registry.name_in_force("1"))


def with_versions(folder: Path, count: int, most_kept: int = 2) -> VersionRegistry:
    """A project with so many versions, one after the other in force."""
    registry = VersionRegistry(folder, most_kept)
    for number in range(count):
        put(registry, f"m-{number}")
    return registry


def folders(folder: Path) -> list[str]:
    return sorted(one.name for one in (folder / "1").iterdir() if one.is_dir())


def test_the_latest_are_kept_and_the_others_leave_the_disk(tmp_path: Path) -> None:
    registry = with_versions(tmp_path, 5)
    for one in (registry, VersionRegistry(tmp_path, 2)):
        assert names(one) == ["m-4", "m-3", "m-2"]
        assert one.removed("1") == 2
        assert one.state_of("1", "m-1") is None
        with pytest.raises(ValueError, match="unknown"):
            one.use("1", "m-1")
    assert folders(tmp_path) == ["m-2", "m-3", "m-4"]


def test_without_a_limit_all_are_kept(tmp_path: Path) -> None:
    registry = VersionRegistry(tmp_path)
    for number in range(30):
        put(registry, f"m-{number}")
    assert len(names(registry)) == 30


def test_what_an_admin_used_and_took_back_stays(tmp_path: Path) -> None:
    registry = with_versions(tmp_path, 3)
    registry.use("1", "m-1")
    for number in range(3, 8):
        put(registry, f"m-{number}")
    assert names(registry) == ["m-7", "m-6", "m-5", "m-2", "m-1"]
    assert folders(tmp_path) == sorted(names(registry))
    registry.use("1", "m-2")
    assert registry.get("1") == STATE


def test_one_that_is_fitted_again_is_there_again(tmp_path: Path) -> None:
    registry = with_versions(tmp_path, 5)
    put(registry, "m-0")
    assert names(registry) == ["m-0", "m-4", "m-3"]
    assert folders(tmp_path) == ["m-0", "m-3", "m-4"]
    assert registry.get("1") == STATE


def test_what_else_lies_in_its_folder_stays(tmp_path: Path) -> None:
    registry = with_versions(tmp_path, 3)
    note = tmp_path / "1" / "m-0" / "state.json.damaged-20260102"
    note.write_text("{")
    put(registry, "m-3")
    assert [*note.parent.iterdir()] == [note]


def test_where_a_damaged_register_was_set_aside_its_versions_stay(tmp_path: Path) -> None:
    with_versions(tmp_path, 3)
    register = tmp_path / "1" / "versions.json"
    good = register.read_text()
    register.write_text("{")
    registry = VersionRegistry(tmp_path, 2)
    put(registry, "m-9")
    put(registry, "m-10")
    assert names(registry) == ["m-10", "m-9"]
    assert {"m-0", "m-1", "m-2"} < {*folders(tmp_path)}
    register.write_text(good)
    assert registry.state_of("1", "m-1") == STATE


def test_the_projects_of_another_label_studio_stay(tmp_path: Path) -> None:
    """Its key may be of digits alone, as a project's number is."""
    other = VersionRegistry(tmp_path)
    other.put("1/7", fitted("m-a", STATE), None)
    with_versions(tmp_path, 5)
    assert other.get("1/7") == STATE


def test_files_that_cannot_be_removed_are_so_with_the_next_version(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    registry = with_versions(tmp_path, 3)

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, os.strerror(13))

    with monkeypatch.context() as patched:
        patched.setattr(Path, "rmdir", refuse)
        put(registry, "m-3")
    assert "cannot be removed" in caplog.text
    assert names(registry) == ["m-3", "m-2", "m-1"]
    put(registry, "m-4")
    assert folders(tmp_path) == ["m-2", "m-3", "m-4"]


KILLED = """
import os, signal, sys
from pathlib import Path
from backend.versions.registry import VersionRegistry
from tests.unit.backend.versions.test_removed_versions import put

def deadly(function, state={"left": None}):
    def call(*given, **named):
        if state["left"] == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        if state["left"] is not None:
            state["left"] -= 1
        return function(*given, **named)
    call.state = state
    return call

for name in ("fsync", "replace", "unlink", "rmdir", "mkdir"):
    setattr(os, name, deadly(getattr(os, name)))
folders = [Path(one) for one in sys.argv[1:]]
for point, folder in enumerate(folders):
    if os.fork() == 0:
        os.fsync.state["left"] = point
        put(VersionRegistry(folder, 2), "m-4")
        os._exit(0)
    os.wait()
"""


def test_wherever_it_is_killed_all_that_is_listed_can_be_used_and_the_next_one_tidies_up(
    tmp_path: Path,
) -> None:
    places = [tmp_path / str(point) for point in range(20)]
    for place in places:
        with_versions(place, 4)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(Path.cwd()), *sys.path])}
    subprocess.run([sys.executable, "-c", KILLED, *map(str, places)], env=environment, check=True)
    seen = set()
    for place in places:
        registry = VersionRegistry(place, 2)
        listed = names(registry)
        seen.add((listed[0], len(folders(place))))
        assert registry.get("1") == STATE
        assert all(registry.state_of("1", name) == STATE for name in listed)
        put(registry, "m-5")
        assert folders(place) == sorted(names(registry))
    # Killed before the register was written, after it, while files went, and not at all.
    assert {("m-3", 3), ("m-3", 4), ("m-4", 4), ("m-4", 3)} <= seen


def test_processes_that_share_a_folder_lose_nothing_that_is_listed(tmp_path: Path) -> None:
    """Each of these registries knows no more of the others than another process would."""
    with_versions(tmp_path, 3)

    def work(worker: int) -> None:
        registry = VersionRegistry(tmp_path, 2)
        for number in range(15):
            with suppress(RetryLater, ValueError):
                if number % 3 == 2:
                    registry.use("1", names(registry)[-1])
                else:
                    put(registry, f"m-{worker}-{number}")

    threads = [threading.Thread(target=work, args=(worker,)) for worker in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    registry = VersionRegistry(tmp_path, 2)
    listed = names(registry)
    assert all(registry.state_of("1", name) == STATE for name in listed)
    assert folders(tmp_path) == sorted(listed)
