"""`tandem sync`: several projects one after the other, and a backend that is away."""

from pathlib import Path

import pytest

from labeling.errors import BackendUnreachable
from tandem.servers.process import free_port
from tests.support.commands import KEY, tandem, the_line
from tests.support.memory_commands import work_on
from tests.support.memory_project import new_memory_loop


@pytest.fixture
def files(empty_folder: None, monkeypatch: pytest.MonkeyPatch) -> list[str]:  # noqa: ARG001
    """Settings of two projects whose servers nobody serves."""
    monkeypatch.setenv("LABEL_STUDIO_API_KEY", KEY)
    for name, project in (("a", 1), ("b", 2)):
        url = f"http://127.0.0.1:{free_port()}"
        Path(f"{name}.yaml").write_text(
            f"studio: {{url: '{url}', project: {project}}}\ndata_dir: {name}\n"
        )
    return ["a.yaml", "b.yaml"]


def test_each_is_tried_though_one_before_it_failed(files: list[str]) -> None:
    done = tandem("sync", *files)
    assert done.exit_code == 1
    assert len(done.stderr.splitlines()) == 2


def test_a_project_that_is_named_twice_is_refused(files: list[str]) -> None:
    done = tandem("sync", files[0], files[1], files[0])
    assert done.exit_code == 1
    assert "Project 1 is named twice" in the_line(done)


def test_measures_are_served_while_it_watches_alone(files: list[str]) -> None:
    done = tandem("sync", "--metrics-port", "9091", *files)
    assert done.exit_code == 1
    assert "--metrics-port needs --watch" in the_line(done)


def test_why_the_backend_cannot_be_used_is_told_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    loop = new_memory_loop(tmp_path, 3, "ada@memory.localhost")
    work_on(loop, monkeypatch)

    def away(*_: object) -> None:
        raise BackendUnreachable("It is away")

    monkeypatch.setattr(loop.backend, "setup", away)
    done = tandem("sync")
    assert done.exit_code == 1
    assert the_line(done) == "tandem: It is away. Learning and new pre-labels wait for it."
    assert "Next: Start the ML backend" in done.stdout
    assert "It is away" not in done.stdout
