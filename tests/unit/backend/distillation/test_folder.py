"""The folder of a student runs without Tandem, and says the same."""

import io
import os
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import numpy as np
import onnxruntime  # type: ignore[import-untyped]
import pytest

from backend.classifiers.student import Student
from backend.distillation.folder import NEEDED, StudentCard, write_folder, zipped
from tests.support.tiny_encoders import LABELS, draw_texts
from tests.support.tiny_students import tiny_student

FIGURE = {"value": 0.9, "low": 0.85, "high": 0.94}
FIGURES = dict.fromkeys(("accuracy", "ece", "log_loss", "auroc"), FIGURE)
CARD = StudentCard(
    "big-model-1a2b3c4d", "tiny", 60, 300, FIGURES, FIGURES, 0.95, 12_345, "cc-by-4.0"
)
TEXTS = [*draw_texts(300, seed=3)[0], "moon", "nothing known", ""]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_folder(tiny_student().student, CARD, tmp_path)
    return tmp_path


def said(python: str, folder: Path, *arguments: str, given: str | None = None) -> list[list[str]]:
    """Run the folder's program elsewhere, and return label and confidence of each text."""
    clean = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    run = subprocess.run(
        [python, str(folder / "predict.py"), *arguments],
        input=given,
        capture_output=True,
        text=True,
        check=False,
        cwd=folder.parent,
        env=clean,
    )
    assert run.returncode == 0, run.stderr
    return [line.split("\t") for line in run.stdout.splitlines()]


def require_same(lines: list[list[str]]) -> None:
    """Require that a program said what the student in Tandem says."""
    probabilities = tiny_student().student.probabilities(TEXTS)
    assert [label for label, _ in lines] == [LABELS[at] for at in probabilities.argmax(axis=1)]
    confidence = [float(number) for _, number in lines]
    np.testing.assert_allclose(confidence, probabilities.max(axis=1), atol=1e-4)


def test_holds_what_it_needs_and_no_pickle(folder: Path) -> None:
    assert {file.name for file in folder.iterdir()} == {
        "README.md",
        "labels.json",
        "model.onnx",
        "model.safetensors",
        "predict.py",
        "requirements.txt",
        "tokenizer.json",
    }
    needed = (folder / "requirements.txt").read_text("utf-8").splitlines()
    assert [line.split(">=")[0] for line in needed] == [*NEEDED]


def test_the_graph_gives_the_same_probabilities(folder: Path) -> None:
    student = Student.load(folder)
    session = onnxruntime.InferenceSession(str(folder / "model.onnx"))
    for bag, text in zip(student.bags.of(TEXTS[-3:]), [TEXTS[-3:]], strict=True):
        rows = [np.repeat(row.indices, row.data.astype(int)) for row in bag]
        longest = max(len(row) for row in rows)
        ids = np.array([np.pad(row, (0, longest - len(row))) for row in rows], dtype=np.int64)
        mask = np.array([np.arange(longest) < len(row) for row in rows], dtype=np.float32)
        [found] = session.run(None, {"ids": ids, "mask": mask})
        np.testing.assert_allclose(found, student.probabilities(text), atol=1e-5)


def test_the_program_reads_a_file_or_what_it_is_given(folder: Path, tmp_path: Path) -> None:
    texts = tmp_path / "texts.txt"
    texts.write_text("\n".join([*TEXTS, ""]), "utf-8")
    require_same(said(sys.executable, folder, str(texts)))
    require_same(said(sys.executable, folder, given="\n".join([*TEXTS, ""])))
    assert said(sys.executable, folder, given="") == []


def test_the_archive_holds_the_folder(folder: Path) -> None:
    with zipfile.ZipFile(io.BytesIO(zipped(tiny_student().student, CARD))) as archive:
        assert sorted(archive.namelist()) == sorted(file.name for file in folder.iterdir())


def test_the_card_tells_who_taught_it_and_what_it_cannot_do(folder: Path) -> None:
    card = (folder / "README.md").read_text("utf-8")
    for told in (
        "license: cc-by-4.0",
        "big-model-1a2b3c4d",
        "0.900 [0.850, 0.940]",
        "95.0%",
        "12,345 texts a second",
        "sport, money, space",
        "## What it cannot do",
    ):
        assert told in card


@pytest.mark.slow
def test_runs_where_nothing_but_its_three_packages_is_installed(
    folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    environment = tmp_path_factory.mktemp("empty")
    venv.create(environment, with_pip=True)
    python = str(environment / "bin" / "python")
    install = [python, "-m", "pip", "install", "-q", "-r", str(folder / "requirements.txt")]
    subprocess.run(install, check=True, capture_output=True)
    listed = subprocess.run(
        [python, "-m", "pip", "list", "--format=freeze"], check=True, capture_output=True, text=True
    )
    installed = {line.split("==")[0] for line in listed.stdout.lower().splitlines()}
    assert {*NEEDED} <= installed
    assert not installed & {"torch", "transformers", "scipy", "label-studio-tandem"}
    require_same(said(python, folder, given="\n".join([*TEXTS, ""])))
