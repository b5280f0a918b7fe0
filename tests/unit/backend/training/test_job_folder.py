"""A job on disk: what is written is read, nobody else reads it, and damage is told in one line."""

import json
import stat
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from backend.learning.learners.judging import HeldOutBeliefs
from backend.learning.material import Material, Texts
from backend.learning.report import quality
from backend.training.artefacts import folder_bytes, folder_digest, keep_artefact
from backend.training.job_folder import DamagedJob, JobFolder
from backend.training.results import FailedLearner, FittedLearner
from backend.training.work_progress import PARTS, WorkProgress
from labeling.private_files import make_private_folder
from labeling.settings.settings import Settings
from tests.support.training_jobs import HEAD, SECRET, material_of

CONTROLS = ("topic", "../../mood")
"""Controls are called as an admin likes."""


@pytest.fixture
def folder(tmp_path: Path) -> JobFolder:
    materials = {name: material_of(20) for name in CONTROLS}
    settings = Settings.model_validate(
        {
            "data_dir": tmp_path,
            "server": {"api_key": "do-not-tell"},
            "learning": {"train": ["words"]},
        }
    )
    return JobFolder.write(tmp_path / "job", materials, {"head": HEAD}, settings)


def tried(folder: JobFolder, control: str = "topic") -> FittedLearner:
    """What a learner came to that judged all answers but the first, put into the folder."""
    material = folder.material(control)
    probabilities = np.exp(material.answers.log_probabilities)
    probabilities[0] = np.nan
    artefact = folder.artefact_folder(control, "head")
    make_private_folder(artefact)
    (artefact / "weights").write_bytes(b"weights")
    held_out = HeldOutBeliefs(probabilities, 1.5)
    judged = material.answers.part(held_out.is_judged)
    one = FittedLearner(
        held_out,
        np.exp(material.open_.log_probabilities) if material.open_ else None,
        quality(judged, probabilities[1:]),
        folder_digest(artefact),
        2.5,
        folder_bytes(artefact),
    )
    folder.put(control, "head", one)
    return one


def assert_same_texts(read: Texts, written: Texts) -> None:
    assert read.texts == written.texts
    assert read.requests == written.requests
    np.testing.assert_array_equal(read.log_probabilities, written.log_probabilities)
    assert (read.embeddings is None) == (written.embeddings is None)
    if read.embeddings is not None and written.embeddings is not None:
        np.testing.assert_array_equal(read.embeddings, written.embeddings)


@pytest.mark.parametrize("material", [material_of(20), material_of(20, whole=False)])
def test_material_comes_back_as_it_was(tmp_path: Path, material: Material) -> None:
    folder = JobFolder.write(tmp_path / "job", {"topic": material}, {}, Settings())
    read = JobFolder.read(folder.path).material("topic")
    assert read.values == material.values
    assert_same_texts(read.known, material.known)
    assert (read.open_ is None) == (material.open_ is None)
    if read.open_ and material.open_:
        assert_same_texts(read.open_, material.open_)
    for name in ("log_probabilities", "answers", "reliability", "shares"):
        np.testing.assert_array_equal(
            getattr(read.answers, name), getattr(material.answers, name), strict=True
        )


def test_a_control_may_be_called_as_one_likes(folder: JobFolder, tmp_path: Path) -> None:
    assert tuple(folder.controls) == CONTROLS
    tried(folder, CONTROLS[1])
    assert {file.parent for file in tmp_path.iterdir()} == {tmp_path}
    assert list(folder.results()[CONTROLS[1]]) == ["head"]


def test_no_secret_is_written_and_nobody_else_may_read_it(folder: JobFolder) -> None:
    tried(folder)
    assert folder.settings.learning.train == ("words",)
    for file in folder.path.rglob("*"):
        assert stat.S_IMODE(file.stat().st_mode) & 0o077 == 0 or file.name == "weights"
        assert file.is_dir() or b"do-not-tell" not in file.read_bytes()


def test_results_come_back_as_they_were(folder: JobFolder) -> None:
    written = tried(folder)
    folder.put(CONTROLS[1], "lora", FailedLearner("out of memory"))
    results = JobFolder.read(folder.path).results()
    read = results["topic"]["head"]
    assert isinstance(read, FittedLearner)
    np.testing.assert_array_equal(read.held_out.probabilities, written.held_out.probabilities)
    assert read.held_out.is_judged.tolist() == [False] + [True] * 19
    assert read.to_json() == written.to_json()
    assert results[CONTROLS[1]] == {"lora": FailedLearner("out of memory")}


def test_artefacts_are_kept_once_by_their_content(folder: JobFolder, tmp_path: Path) -> None:
    written = tried(folder)
    again = tmp_path / "again"
    again.mkdir()
    (again / "weights").write_bytes(b"weights")
    (again / "weights").chmod(0o644)
    store = tmp_path / "artefacts"
    folder.keep_artefacts(folder.results(), store)
    assert keep_artefact(again, store) == written.artefact
    assert [one.name for one in store.iterdir()] == [written.artefact]
    assert not again.exists()
    assert (store / written.artefact / "weights").read_bytes() == b"weights"


def test_progress_is_what_was_told_last(folder: JobFolder) -> None:
    told, report = [folder.progress], folder.reporting()
    for share in (0.0, 0.5, 0.501, 1.0):
        report(WorkProgress("topic", "head", share, share / 2))
        told.append(folder.progress)
    folder.forget_progress()
    told.append(folder.progress)
    half, whole = (WorkProgress("topic", "head", share, share / 2) for share in (0.5, 1.0))
    assert told == [None, WorkProgress("topic", "head", 0.0, 0.0), half, half, whole, None]
    assert (half.part, whole.part) == (PARTS // 2 + 1, PARTS)


def change(file: str, **changes: object) -> Callable[[Path], None]:
    """What changes fields of a JSON file."""

    def damage(job: Path) -> None:
        for found in job.rglob(file):
            found.write_text(
                json.dumps({**json.loads(found.read_text("utf-8")), **changes}), "utf-8"
            )

    return damage


def cut(file: str) -> Callable[[Path], None]:
    """What cuts off a file's second half."""

    def damage(job: Path) -> None:
        for found in job.rglob(file):
            content = found.read_bytes()
            found.write_bytes(content[: len(content) // 2])

    return damage


def other_numbers(file: str, **changes: object) -> Callable[[Path], None]:
    """What changes arrays of an npz file."""

    def damage(job: Path) -> None:
        for found in job.rglob(file):
            with np.load(found) as arrays:
                kept = dict(arrays)
            np.savez(found, **{**kept, **{name: np.asarray(one) for name, one in changes.items()}})

    return damage


DAMAGES = {
    "job cut": cut("job.json"),
    "material cut": cut("material.json"),
    "numbers cut": cut("material.npz"),
    "beliefs cut": cut("beliefs.npz"),
    "result cut": cut("result.json"),
    "other settings": change("job.json", settings={"model": {"name": SECRET, "nam": 1}}),
    "a learner's name that leads elsewhere": change("job.json", learners={"../head": HEAD}),
    "no values": change("material.json", values=None),
    "other texts": change("material.json", known={"texts": [], "requests": [], "embedded": False}),
    "fewer labels": change("material.json", values=["a"]),
    "answers of no label": other_numbers("material.npz", answers=np.full(20, 3)),
    "objects": other_numbers("material.npz", answers=np.array([None] * 20, dtype=object)),
    "no probabilities": other_numbers("material.npz", reliability=np.full(20, 2.0)),
    "no numbers": other_numbers("material.npz", beliefs=np.full((20, 3), np.nan)),
    "beliefs that sum to 2": other_numbers("beliefs.npz", held_out=np.ones((20, 3))),
    "nothing judged": other_numbers("beliefs.npz", held_out=np.full((20, 3), np.nan)),
    "beliefs of fewer answers": other_numbers("beliefs.npz", held_out=np.full((9, 3), 1 / 3)),
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES.keys())
def test_damage_is_told_in_one_line_without_texts(
    folder: JobFolder, damage: Callable[[Path], None]
) -> None:
    tried(folder)
    damage(folder.path)
    with pytest.raises(DamagedJob) as told:
        JobFolder.read(folder.path).results()
    assert len(told.value.lines) == 1
    assert SECRET not in str(told.value)
