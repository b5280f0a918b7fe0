"""A pass is a line in the log, whose id leads to what the ML backend logged of it."""

import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from werkzeug.serving import make_server

from labeling.errors import StudioUnreachable
from labeling.logs.lines import TextLine
from routing.model.client import BackendClient
from routing.standing.standing import Standing
from routing.sync import SyncReport
from tandem.pass_log import log_failure, log_pass
from tandem.servers.process import free_port
from tests.support.backend_fixtures import NewApp
from tests.support.commands import KEY, tandem
from tests.support.label_configs import choices

CONFIG = choices(["positive", "negative"])
TEXT = "What nobody may read in a log"


def report(backend_problem: str | None = None, **more: Any) -> SyncReport:
    standing = Standing("Posts", "http://there", backend_problem=backend_problem)
    return SyncReport([], 0, {}, 2, 0, 0, 1, "tiny-1", standing, **more)


class TestLines:
    @pytest.fixture(autouse=True)
    def _as_text(self, caplog: pytest.LogCaptureFixture) -> None:
        caplog.set_level("INFO")
        caplog.handler.setFormatter(TextLine())

    def test_a_pass_says_what_it_did_and_what_it_took(
        self, caplog: pytest.LogCaptureFixture
    ) -> None:
        log_pass("posts", report(), 1.23456, 12)
        (line,) = caplog.text.splitlines()
        assert "Done: nothing to do. Left: 2 votes owed, 1 undecided." in line
        assert line.endswith("project=posts seconds=1.235 requests=12")

    def test_what_was_wrong_is_a_line_each(self, caplog: pytest.LogCaptureFixture) -> None:
        failed = {1: "too long", 2: "no text", 3: "no text"}
        wrong = report(failed=failed, backend_problem="It is away.", warnings=["Nobody was told"])
        log_pass("posts", wrong, 1, 1)
        _, *lines = caplog.text.splitlines()
        for line, said in zip(
            lines,
            ("2 tasks got no", "1 task got no", "Nobody was told", "It is away."),
            strict=True,
        ):
            assert " WARNING " in line
            assert said in line
            assert "project=posts" in line

    def test_a_failure_says_why_and_what_then(self, caplog: pytest.LogCaptureFixture) -> None:
        log_failure("posts", StudioUnreachable("It is away"), "Trying again.")
        (line,) = caplog.text.splitlines()
        assert " ERROR tandem.pass_log " in line
        assert line.endswith("It is away. Trying again. project=posts")

    def test_of_the_unforeseen_it_says_where_and_not_its_words(
        self, caplog: pytest.LogCaptureFixture
    ) -> None:
        try:
            raise ValueError(TEXT)
        except ValueError as error:
            log_failure("posts", error)
        (line,) = caplog.text.splitlines()
        assert "ValueError" in line
        assert "test_pass_log.py" in line
        assert TEXT not in line


@pytest.fixture
def backend(new_app: NewApp) -> Iterator[str]:
    """The address of an ML backend of this process, whose lines go where all of it go."""
    app = new_app()
    app.extensions["tandem"].model.loader.wait()
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://user:pass-word@127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_one_id_leads_through_both_logs(
    empty_folder: None,  # noqa: ARG001
    backend: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def asks_the_backend(
        _: object, client: BackendClient, *_others: object, **_more: object
    ) -> Any:
        client.version(1, CONFIG)
        client.health()
        client.predict(1, CONFIG, [{"id": 1, "data": {"text": TEXT}}] * 3)
        return report()

    monkeypatch.setattr("tandem.session.sync", asks_the_backend)
    monkeypatch.setenv("LABEL_STUDIO_API_KEY", KEY)
    studio = f"{{url: 'http://127.0.0.1:{free_port()}', project: 1}}"
    Path("tandem.yaml").write_text(
        f"studio: {studio}\nbackend: {{url: '{backend}'}}\nlogs: {{file: all.log, format: json}}\n"
    )
    for _ in range(2):
        assert tandem("sync").exit_code == 0
    written = Path("all.log").read_text()
    lines = [json.loads(line) for line in written.splitlines()]
    asked = [one for one in lines if one["logger"] == "backend.http.request_log"]
    passes = [one for one in lines if one["logger"] == "tandem.pass_log"]
    first, second = (one["request_id"] for one in passes)
    assert first != second
    assert [one["request_id"] for one in asked] == [first, first, second, second]
    assert [(one["method"], one["path"], one["status"]) for one in asked[:2]] == [
        ("POST", "/setup", 200),
        ("POST", "/predict", 200),
    ]
    assert asked[1]["tasks"] == 3
    assert asked[1]["milliseconds"] >= 0
    assert [one["requests"] for one in passes] == [3, 3]
    for secret in (TEXT, KEY, "pass-word", "positive"):
        assert secret not in written
    assert Path("all.log").stat().st_mode & 0o777 == 0o600


def test_a_log_that_cannot_be_written_is_a_line_and_the_pass_goes_on(
    empty_folder: None,  # noqa: ARG001
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("tandem.session.sync", lambda *_, **__: report())
    monkeypatch.setenv("LABEL_STUDIO_API_KEY", KEY)
    Path("no-folder").touch()
    Path("tandem.yaml").write_text("studio: {project: 1}\nlogs: {file: no-folder/all.log}\n")
    done = tandem("sync")
    assert done.exit_code == 0
    why, line = done.stderr.splitlines()
    assert "The log cannot be written" in why
    assert "Done: nothing to do" in line
