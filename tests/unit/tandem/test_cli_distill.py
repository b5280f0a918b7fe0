"""`tandem distill` sends what people settled and the other texts, and writes what comes back."""

import io
import os
import zipfile
from pathlib import Path

import pytest

from labeling.protocol.distill import DistillRequest
from tests.support.commands import tandem, the_line, the_object
from tests.support.memory_backend import MemoryBackend
from tests.support.memory_commands import work_on
from tests.support.memory_project import MemoryLoop, new_memory_loop
from tests.support.memory_studio import answer_tabs

PEOPLE = ("ada@example.org", "ben@example.org")


class Distilling(MemoryBackend):
    """Notes what it is sent, and answers with an archive of these files."""

    files: dict[str, bytes]
    asked: list[DistillRequest]

    def distil(self, body: DistillRequest) -> bytes:
        self.asked.append(body)
        content = io.BytesIO()
        with zipfile.ZipFile(content, "w") as archive:
            for name, said in self.files.items():
                archive.writestr(name, said)
        return content.getvalue()


@pytest.fixture
def loop(tmp_path: Path) -> MemoryLoop:
    """A project that nobody answered yet."""
    loop = new_memory_loop(tmp_path, 60, *PEOPLE, pilot=30)
    loop.sync(clock=loop.studio.server.now)
    return loop


@pytest.fixture
def backend(loop: MemoryLoop, monkeypatch: pytest.MonkeyPatch) -> Distilling:
    made = Distilling(loop.backend._form)
    made.files, made.asked = {"README.md": b"# A student", "labels.json": b"[]"}, []
    work_on(loop, monkeypatch, made)
    return made


def answer(loop: MemoryLoop) -> None:
    answer_tabs(loop.studio, 1)
    loop.sync(clock=loop.studio.server.now)


def test_writes_the_folder(loop: MemoryLoop, backend: Distilling, tmp_path: Path) -> None:
    answer(loop)
    folder = tmp_path / "student"
    words = ("distill", "--out", str(folder), "--license", "cc-by-4.0", "--json")
    assert the_object(tandem(*words))["files"] == ["README.md", "labels.json"]
    assert (folder / "README.md").read_bytes() == b"# A student"
    [body] = backend.asked
    assert body.licence == "cc-by-4.0"
    assert body.answers
    texts = {one.text for one in body.answers}
    assert not texts & {*body.open_texts}
    assert len(texts) + len(body.open_texts) == 60


def test_overwrites_nothing(loop: MemoryLoop, backend: Distilling, tmp_path: Path) -> None:
    answer(loop)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes.txt").write_text("mine", "utf-8")
    result = tandem("distill", "--out", str(tmp_path / "mine"))
    assert result.exit_code == 1
    assert "There is something already" in the_line(result)
    assert not backend.asked


def test_says_that_nobody_answered(backend: Distilling, tmp_path: Path) -> None:
    result = tandem("distill", "--out", str(tmp_path / "student"))
    assert "People settled no label yet" in the_line(result)
    assert not backend.asked


def test_writes_nowhere_else(loop: MemoryLoop, backend: Distilling, tmp_path: Path) -> None:
    answer(loop)
    backend.files = {"../elsewhere.txt": b"no"}
    result = tandem("distill", "--out", str(tmp_path / "student"))
    assert "leads elsewhere" in the_line(result)
    assert not (tmp_path / "elsewhere.txt").exists()


def test_writes_into_a_folder_that_is_there_and_empty(
    loop: MemoryLoop, backend: Distilling, tmp_path: Path
) -> None:
    answer(loop)
    folder = tmp_path / "student"
    folder.mkdir()
    assert tandem("distill", "--out", str(folder)).exit_code == 0
    assert sorted(one.name for one in folder.iterdir()) == [*backend.files]


def test_leaves_nothing_half_written(
    loop: MemoryLoop, backend: Distilling, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer(loop)
    before = sorted(tmp_path.iterdir())
    write = Path.write_bytes

    def fill_the_disk(file: Path, content: bytes) -> int:
        if file.name == "labels.json":
            raise OSError(28, os.strerror(28), str(file))
        return write(file, content)

    monkeypatch.setattr(Path, "write_bytes", fill_the_disk)
    result = tandem("distill", "--out", str(tmp_path / "student"))
    assert result.exit_code == 1
    assert "No space left on device" in the_line(result)
    assert len(backend.asked) == 1
    assert sorted(tmp_path.iterdir()) == before
