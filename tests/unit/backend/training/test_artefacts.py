"""What learners made is kept by its content, for as long as anything names it."""

import json
import threading
from pathlib import Path

import pytest

from backend.training.artefacts import folder_digest, keep_artefact, remove_unnamed


def test_a_kept_artefact_that_is_damaged_is_replaced(tmp_path: Path) -> None:
    def made() -> Path:
        folder = tmp_path / "made"
        folder.mkdir()
        (folder / "weights").write_bytes(b"weights")
        return folder

    digest = keep_artefact(made(), tmp_path / "artefacts")
    kept = tmp_path / "artefacts" / digest
    (kept / "weights").write_bytes(b"damaged")
    assert keep_artefact(made(), tmp_path / "artefacts") == digest
    assert folder_digest(kept) == digest


@pytest.mark.parametrize("kind", ["empty", "link"])
def test_an_artefact_is_of_files_alone(tmp_path: Path, kind: str) -> None:
    folder = tmp_path / "made"
    folder.mkdir()
    if kind == "link":
        (folder / "weights").symlink_to("/etc/passwd")
    with pytest.raises(ValueError, match="an artefact holds"):
        folder_digest(folder)


def kept(folder: Path, content: str) -> str:
    """Keep an artefact with a content; gives its digest."""
    made = folder / f"made {content}"
    made.mkdir(parents=True)
    (made / "weights").write_text(content)
    return keep_artefact(made, folder / "artefacts")


def name(folder: Path, file: str, *digests: str) -> None:
    """Write a file that names artefacts."""
    (folder / file).parent.mkdir(parents=True, exist_ok=True)
    (folder / file).write_text(json.dumps({"controls": {"topic": {"artefacts": digests}}}))


def left(folder: Path) -> set[str]:
    """What is there once what nothing names is removed."""
    naming = {folder / "learned": "state.json*", folder / "training": "result.json"}
    remove_unnamed(folder / "artefacts", naming)
    return {one.name for one in (folder / "artefacts").iterdir()}


def test_what_nothing_names_is_removed(tmp_path: Path) -> None:
    version, student, gone = (kept(tmp_path, one) for one in ("version", "student", "gone"))
    name(tmp_path, "learned/7/m-1/state.json", version)
    name(tmp_path, "learned/1a2b3c4d/7/m-1/state.json", student)
    assert left(tmp_path) == {version, student} != {gone}


def test_what_a_training_is_about_to_enter_stays(tmp_path: Path) -> None:
    entering = kept(tmp_path, "entering")
    name(tmp_path, "training/job/controls/0/lora/result.json", entering)
    assert left(tmp_path) == {entering}


@pytest.mark.parametrize("file", ["state.json", "state.json.damaged-20260102"])
def test_what_a_damaged_file_names_stays(tmp_path: Path, file: str) -> None:
    named = kept(tmp_path, "named")
    name(tmp_path, f"learned/7/m-1/{file}", named)
    damaged = tmp_path / "learned/7/m-1" / file
    damaged.write_bytes(b"\xff{" + damaged.read_bytes()[:-3])
    assert left(tmp_path) == {named}


def test_what_is_no_artefact_stays(tmp_path: Path) -> None:
    kept(tmp_path, "gone")
    (tmp_path / "artefacts" / "notes").mkdir()
    assert left(tmp_path) == {"notes"}


def test_before_anything_was_kept_nothing_is_removed(tmp_path: Path) -> None:
    assert remove_unnamed(tmp_path / "artefacts", {tmp_path / "learned": "state.json*"}) == 0
    assert not (tmp_path / "artefacts").exists()


def test_one_that_comes_again_while_others_are_removed_is_there(tmp_path: Path) -> None:
    """Each thread acts as another process would: all know of each other by the disk alone."""
    digest, lost = kept(tmp_path, "again"), []

    def make(worker: int) -> None:
        for turn in range(30):
            made, result = tmp_path / f"{worker} {turn}", f"training/{worker}/result.json"
            made.mkdir()
            (made / "weights").write_text("again")
            name(tmp_path, result, digest)
            keep_artefact(made, tmp_path / "artefacts")
            lost.extend([] if (tmp_path / "artefacts" / digest / "weights").exists() else [turn])
            (tmp_path / result).unlink()

    def remove() -> None:
        for _ in range(150):
            left(tmp_path)

    threads = [
        threading.Thread(target=make, args=(1,)),
        threading.Thread(target=make, args=(2,)),
        threading.Thread(target=remove),
    ]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert lost == []
