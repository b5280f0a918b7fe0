"""Commands whose model is away, or answers nothing: what they do, say, and exit with."""

from typing import Any

import pytest

from labeling.studio_path import split_path
from tandem.servers.label_studio import LabelStudioServer
from tandem.servers.process import free_port
from tests.support.commands import settle, tandem, the_line, the_object
from tests.support.serving import Reply, as_json, serving
from tests.support.studio_fixtures import NewStudioProject

pytestmark = [pytest.mark.studio, pytest.mark.usefixtures("empty_folder")]


def unable(_method: str, path: str, body: Any, _authorization: str | None) -> Reply:
    """A backend that answers no task."""
    _, route = split_path(path)
    if route == "/predict":
        failed = {"result": [], "score": 0.0, "error": "The task has no field 'text'"}
        return as_json({"results": [failed for _ in body["tasks"]]})
    return as_json({"model_version": "tiny-1", "status": "UP", "model": "ready"})


def test_a_pass_goes_as_far_as_it_can_and_fails(
    label_studio: LabelStudioServer, studio_project: NewStudioProject, monkeypatch: Any
) -> None:
    settle(url=label_studio.url, key=label_studio.pat, project=studio_project(3))
    monkeypatch.setenv("TANDEM_BACKEND__URL", f"http://127.0.0.1:{free_port()}")

    result = tandem("sync", "--json")

    assert result.exit_code == 1
    assert "The ML backend does not answer: Connection refused" in the_line(result)
    assert "wait for it" in the_line(result)
    report = the_object(result)
    assert report["backend_problem"]
    assert report["next"].startswith("Start the ML backend")
    assert (report["decisions"], report["undecided"]) == ({}, 3)

    status = tandem("status")
    assert status.exit_code == 0
    assert "does not answer" in status.stdout

    with serving(unable) as url:
        monkeypatch.setenv("TANDEM_BACKEND__URL", url)
        failed = tandem("prelabel", "--json")
        passed = tandem("sync")

    assert failed.exit_code == 1
    assert "None of 3 tasks got a prediction" in the_line(failed)
    assert the_object(failed)["reasons"] == {"The task has no field 'text'": 3}
    assert passed.exit_code == 1
    assert "3 tasks got no prediction, such as task" in passed.stdout
    assert "The model answered none of 3 tasks." in the_line(passed)
