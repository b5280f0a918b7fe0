"""`tandem models`, `distill` and `compress` where something is wrong: one line, and an error."""

from pathlib import Path
from typing import Any

import pytest

from routing.model.client import BackendClient
from tandem.servers.process import free_port
from tests.support.commands import settle, tandem, the_line, the_object
from tests.support.memory_commands import work_on
from tests.support.memory_project import MemoryLoop, new_memory_loop
from tests.support.memory_studio import answer_tabs
from tests.support.serving import Reply, as_json, serving

MODELS, USE = ("models",), ("models", "use", "model-1a2b3c4d")
DISTILL = ("distill", "--out", "student")
COMPRESS = ("compress", "--answers", "labels.csv", "--keep-layers", "2", "--out", "smaller")

of_the_project = pytest.mark.parametrize(
    "words", [MODELS, USE, DISTILL], ids=["models", "use", "distill"]
)

pytestmark = pytest.mark.usefixtures("empty_folder")


@pytest.fixture
def loop(tmp_path: Path) -> MemoryLoop:
    """A project that people answered."""
    loop = new_memory_loop(tmp_path / "project", 40, "ada@example.org", pilot=20)
    loop.sync(clock=loop.studio.server.now)
    answer_tabs(loop.studio, 1)
    loop.sync(clock=loop.studio.server.now)
    return loop


def error_of(*words: str) -> str:
    """What a command says that fails: in a line for people, and in an object for scripts."""
    result = tandem(*words)
    assert result.exit_code == 1
    told = the_object(tandem(*words, "--json"))["error"]
    assert f"tandem: {told}" == the_line(result)
    assert not Path("student").exists()
    assert not Path("smaller").exists()
    return str(told)


@of_the_project
def test_a_label_studio_that_is_away(words: tuple[str, ...]) -> None:
    settle()
    said = error_of(*words)
    assert "Label Studio does not answer" in said
    assert "LABEL_STUDIO_URL" in said


@of_the_project
def test_a_wrong_token(words: tuple[str, ...]) -> None:
    def refuse(*_: object) -> Reply:
        return as_json({"detail": "Invalid token."}, 401)

    with serving(refuse) as url:
        settle(url=url)
        said = error_of(*words)
    assert "Label Studio does not know the API key" in said
    assert "LABEL_STUDIO_API_KEY" in said


@of_the_project
def test_a_backend_that_is_away(
    words: tuple[str, ...], loop: MemoryLoop, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"http://127.0.0.1:{free_port()}"
    work_on(loop, monkeypatch, BackendClient(url))
    said = error_of(*words)
    assert f"The ML backend does not answer: Connection refused ({url})" in said
    assert "`tandem serve`" in said


@of_the_project
def test_credentials_that_the_backend_refuses(
    words: tuple[str, ...], loop: MemoryLoop, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> Reply:
        return as_json({"error": "Wrong or missing credentials: send Basic auth."}, 401)

    with serving(refuse) as url:
        work_on(loop, monkeypatch, BackendClient(url, ("ada", "wrong")))
        said = error_of(*words)
    assert "refuses the credentials" in said
    assert "BASIC_AUTH_PASS" in said


@of_the_project
def test_another_program_at_the_backends_address(
    words: tuple[str, ...], loop: MemoryLoop, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving(lambda *_: (404, {}, b"<html>")) as url:
        work_on(loop, monkeypatch, BackendClient(url))
        said = error_of(*words)
    assert "What answers there is not Tandem's ML backend" in said
    assert "backend.url" in said


@pytest.mark.parametrize("words", [MODELS, USE, DISTILL, COMPRESS], ids=lambda words: words[-1])
@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ("studio: [", "is not YAML"),
        ("learning: {trian: [words]}", "Did you mean learning.train?"),
        ("learning: {keep_versions: 0}", "must be a whole number, at least 1, and is 0"),
    ],
    ids=["no yaml", "unknown setting", "out of bounds"],
)
def test_settings_that_cannot_be_used(words: tuple[str, ...], settings: str, said: str) -> None:
    Path("tandem.yaml").write_text(settings)
    assert said in error_of(*words)


def test_a_project_without_tasks(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    loop = new_memory_loop(tmp_path / "project", 0, "ada@example.org")
    backend: Any = loop.backend
    work_on(loop, monkeypatch, backend)
    assert "People settled no label yet" in error_of(*DISTILL)


@pytest.mark.parametrize("words", [DISTILL, COMPRESS], ids=["distill", "compress"])
@pytest.mark.parametrize(
    ("out", "said"),
    [
        ("mine", "There is something already (mine)"),
        ("mine/notes.txt", "There is something already (mine/notes.txt)"),
        ("mine/notes.txt/deeper", "No folder can be written there (mine/notes.txt/deeper)"),
        ("/proc/1/student", "No folder can be written there (/proc/1/student)"),
    ],
    ids=["full", "file", "below a file", "not writable"],
)
def test_a_folder_that_cannot_be_written_is_told_before_anything_is_computed(
    words: tuple[str, ...],
    out: str,
    said: str,
    loop: MemoryLoop,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def ask(*_: object) -> Reply:
        raise AssertionError("nothing is asked")

    Path("mine").mkdir()
    Path("mine/notes.txt").write_text("mine")
    with serving(ask) as url:
        work_on(loop, monkeypatch, BackendClient(url))
        told = error_of(*words, "--out", out)
    assert said in told
    assert "--out" in told.removeprefix(said)
    assert [*Path("mine").iterdir()] == [Path("mine/notes.txt")]


@pytest.mark.parametrize(
    ("file", "content", "said"),
    [
        ("labels.csv", None, "The answers cannot be read: No such file or directory (labels.csv)"),
        ("labels.csv", b"", "The answers cannot be read"),
        ("labels.csv", b"\xff\xfe\x00", "The answers cannot be read"),
        ("labels.csv", b"x,y\n1,2\n", "The answers need the columns text and label"),
        ("labels.csv", b"text,label\na,b\n", "Only 1 texts have people's answers"),
    ],
    ids=["missing", "empty", "bytes", "other columns", "too few"],
)
def test_answers_that_cannot_be_used(file: str, content: bytes | None, said: str) -> None:
    if content is not None:
        Path(file).write_bytes(content)
    told = error_of(*COMPRESS)
    assert said in told
    assert "`tandem export` writes such a file" in told


@pytest.mark.parametrize("content", [None, b"\xff\xfe\x00"], ids=["missing", "bytes"])
def test_a_label_config_that_cannot_be_read(content: bytes | None) -> None:
    if content is not None:
        Path("form.xml").write_bytes(content)
    told = error_of(*COMPRESS, "--label-config", "form.xml")
    assert "The label config cannot be read" in told
    assert "(form.xml)" in told
