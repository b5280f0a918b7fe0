"""The folder of a student that runs without Tandem: weights, graph, labels, card, a program."""

import importlib.resources
import io
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from backend.classifiers.student import Student
from backend.distillation.onnx_graph import write_graph

NEEDED = ("numpy", "onnxruntime", "tokenizers")
"""The packages that the folder's program needs."""


@dataclass(frozen=True, slots=True)
class StudentCard:
    """What is told of a student.

    Attributes:
        teacher: The model version that taught it.
        source: The model that its token vectors come from.
        answers: Texts that people answered.
        open_texts: Texts that the teacher alone labelled.
        teacher_figures: The teacher's on people's answers that it did not see, by name: a value
            and the ends of its 95% interval.
        student_figures: The student's on the same.
        agreement: Share of these texts that both label alike.
        per_second: Texts that the student labelled a second, in one thread of the machine that
            made it.
        licence: Of the texts and of what is made of them, as the project's owner says.
    """

    teacher: str
    source: str
    answers: int
    open_texts: int
    teacher_figures: Mapping[str, Mapping[str, float | None]]
    student_figures: Mapping[str, Mapping[str, float | None]]
    agreement: float
    per_second: float
    licence: str


def write_folder(student: Student, card: StudentCard, folder: Path) -> None:
    """Write a student into a folder that is there.

    Args:
        student: The student.
        card: What is told of it.
        folder: Where it goes.

    Raises:
        OSError: It cannot be written.
    """
    student.save(folder)
    write_graph(student, folder / "model.onnx")
    program = importlib.resources.files("backend.distillation") / "predict.py.txt"
    (folder / "predict.py").write_text(program.read_text("utf-8"), "utf-8")
    needed = "".join(f"{name}>={version(name)}\n" for name in NEEDED)
    (folder / "requirements.txt").write_text(needed, "utf-8")
    (folder / "README.md").write_text(written(student, card), "utf-8")


def zipped(student: Student, card: StudentCard) -> bytes:
    """Return the folder as a ZIP archive; see `write_folder`."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        write_folder(student, card, folder)
        content = io.BytesIO()
        with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
            for file in sorted(folder.iterdir()):
                archive.write(file, file.name)
    return content.getvalue()


def written(student: Student, card: StudentCard) -> str:
    """Write a student's card, Markdown."""
    environment = Environment(  # noqa: S701 - Markdown, not HTML
        loader=PackageLoader("backend.distillation", "."),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["figure"] = _figure
    template = environment.get_template("card.md.jinja")
    return template.render(card=card, student=student, needed=NEEDED) + "\n"


def _figure(figure: Mapping[str, Any]) -> str:
    if figure["value"] is None:
        return "not known"
    return f"{figure['value']:.3f} [{figure['low']:.3f}, {figure['high']:.3f}]"
