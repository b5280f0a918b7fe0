"""The command line as a person and a script meet it: help, exit codes, one line, one object."""

import os
import pty
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tandem import session
from tandem.servers.label_studio import LabelStudioServer
from tests.support.commands import KEY, process, settle, tandem, the_line, the_object
from tests.support.studio_fixtures import NewStudioProject
from tests.support.tandem_fixtures import PASSWORD, USER

pytestmark = pytest.mark.usefixtures("empty_folder")

COMMANDS = [
    "init",
    "doctor",
    "settings",
    "serve",
    "compress",
    "connect",
    "prelabel",
    "sync",
    "status",
    "plan",
    "dashboard",
    "check",
    "report",
    "export",
    "verify",
    "distill",
    "generate",
    "explain",
    "backup",
    "restore",
    "adopt",
    "disconnect",
    "demo",
]
ELSEWISE = ("init", "demo", "compress", "verify", "distill", "generate", "explain", "restore")
"""What needs no settings, or more than settings."""
ON_SETTINGS = [name for name in COMMANDS if name not in ELSEWISE]
LIVES_ON = ("doctor", "dashboard", "settings", "backup")
"""What does its work while Label Studio is down."""
IN_JSON = [name for name in ON_SETTINGS if name != "serve"]


def test_help_names_every_command_and_exit_code() -> None:
    result = tandem("--help")
    assert result.exit_code == 0
    lines = [line.split()[0] for line in result.stdout.splitlines() if line.startswith("  ")]
    assert set(COMMANDS) <= set(lines)
    assert "Exit codes: 0 done" in " ".join(result.stdout.split())


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help_with_examples(name: str) -> None:
    result = tandem(name, "--help")
    assert result.exit_code == 0
    assert f"Examples: tandem {name}" in result.stdout
    assert tandem(name, "-h").stdout == result.stdout


def test_help_does_not_show_the_key_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LABEL_STUDIO_API_KEY", KEY)
    assert KEY not in tandem("init", "--help").output


@pytest.mark.parametrize(
    "words",
    [
        ["nonsense"],
        ["status", "--nonsense"],
        ["status", "nonsense"],
        ["init", "--project", "three"],
        ["sync", "--every", "0"],
        ["plan", "--target", "0.6"],
        ["plan", "--budget", "-1"],
        ["verify"],
    ],
)
def test_wrong_usage_is_told_on_stderr_alone(words: list[str]) -> None:
    result = tandem(*words)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert f"Usage: tandem {words[0] if len(words) > 1 else ''}".rstrip() in result.stderr
    assert "Error: " in result.stderr


@pytest.mark.parametrize("name", ON_SETTINGS)
def test_what_is_wrong_is_one_line_on_stderr(name: str) -> None:
    result = tandem(name, "--settings", "absent.yaml")
    assert result.exit_code == 1
    assert result.stdout == ""
    assert "absent.yaml" in the_line(result)
    assert "`tandem init`" in the_line(result)


@pytest.mark.parametrize("name", IN_JSON)
def test_a_script_gets_what_is_wrong_as_one_object_too(name: str) -> None:
    result = tandem(name, "--settings", "absent.yaml", "--json")
    assert result.exit_code == 1
    assert the_line(result) == f"tandem: {the_object(result)['error']}"


@pytest.mark.parametrize("name", [name for name in IN_JSON if name not in LIVES_ON])
def test_a_label_studio_that_is_down_is_one_line(name: str) -> None:
    settle()
    result = tandem(name, "--json")
    assert result.exit_code == 1
    assert "does not answer" in the_line(result)
    assert the_object(result).keys() == {"error"}
    assert KEY not in result.output


def test_a_traceback_comes_with_debug_alone() -> None:
    words = ("status", "--settings", "absent.yaml", "--json")
    plain, debug = process(*words), process(*words, "--debug")
    assert (plain.returncode, debug.returncode) == (1, 1)
    assert "Traceback" not in plain.stderr
    assert "Traceback" in debug.stderr
    assert plain.stdout == debug.stdout


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (RuntimeError(KEY), "unforeseen went wrong: RuntimeError. Run the command again"),
        (OSError(28, "No space left on device", "a-file"), "No space left on device (a-file)"),
    ],
)
def test_what_nobody_foresaw_is_one_line_without_its_content(
    monkeypatch: pytest.MonkeyPatch, error: Exception, told: str
) -> None:
    def fail(*_: Any) -> None:
        raise error

    monkeypatch.setattr(session, "load", fail)
    result = tandem("status", "--json")
    assert result.exit_code == 1
    assert told in the_line(result)
    assert told in the_object(result)["error"]
    assert KEY not in result.output


def test_ctrl_c_has_an_exit_code_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(session, "load", interrupt)
    result = tandem("status")
    assert (result.exit_code, result.output) == (130, "")


def test_faults_that_doctor_found_have_an_exit_code_of_their_own() -> None:
    settle()
    result = tandem("doctor")
    assert result.exit_code == 3
    assert result.stderr == ""
    faults = [line for line in result.stdout.splitlines() if line.startswith("fault")]
    assert [line.split(":")[0].split(maxsplit=1)[1] for line in faults] == [
        "label studio",
        "backend",
    ]
    assert "→ Start it with `tandem serve`" in result.stdout
    assert KEY not in result.output


def test_a_script_gets_what_doctor_found_as_one_object() -> None:
    settle()
    result = tandem("doctor", "--json")
    assert result.exit_code == 3
    findings = the_object(result)["findings"]
    assert findings[0] == {
        "status": "ok",
        "name": "settings",
        "what": "The key and the project are named",
        "where": None,
        "hint": None,
    }
    assert KEY not in result.output


def test_colours_are_for_terminals() -> None:
    settle()
    assert "\x1b" not in process("doctor").stdout
    assert "\x1b[31mfault" in "".join(on_a_terminal("doctor"))


def on_a_terminal(*words: str) -> Iterator[str]:
    """What a command writes on a terminal."""
    ours, theirs = pty.openpty()
    environment = {**os.environ, "TERM": "xterm-256color"}
    running = subprocess.Popen(
        [sys.executable, "-m", "tandem", *words],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env=environment,
    )
    os.close(theirs)
    try:
        while content := os.read(ours, 65536):
            yield content.decode(errors="replace")
    except OSError:  # Linux says so where a terminal's other end is closed.
        return
    finally:
        os.close(ours)
        running.wait()


def test_a_reader_who_goes_away_is_no_fault_of_the_command() -> None:
    settle()
    reading, writing = os.pipe()
    os.close(reading)
    result = subprocess.run(
        [sys.executable, "-m", "tandem", "doctor"],
        stdout=writing,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    os.close(writing)
    assert result.stderr == ""


@pytest.mark.studio
@pytest.mark.model
def test_a_script_does_the_whole_job_and_gets_one_object_a_command(
    label_studio: LabelStudioServer,
    studio_project: NewStudioProject,
    service: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("BASIC_AUTH_USER", USER)
    monkeypatch.setenv("BASIC_AUTH_PASS", PASSWORD)
    words = ["--url", label_studio.url, "--key", label_studio.token, "--backend", service]
    tandem("init", "--yes", *words, "--project", str(studio_project(3)))
    commands = [
        "connect",
        "prelabel",
        "plan",
        "sync --dry-run",
        "sync",
        "status",
        "plan --budget 1",
        "report",
        "report --group text",
        "export",
        "export --to-studio ground-truth",
        "export --format huggingface --format label-studio --format spacy",
        "backup kept/ledger.sqlite3 --force",
        "disconnect --dry-run",
    ]
    told = {}
    for command in [*commands, "doctor"]:
        result = tandem(*command.split(), "--json")
        assert result.exit_code == 0, f"{command}: {result.stderr}"
        assert result.stderr == ""
        told[command] = the_object(result)
        spoken = tandem(*command.split())
        assert spoken.exit_code == 0
        for secret in (label_studio.token, PASSWORD):
            assert secret not in result.output + spoken.output
    assert told["prelabel"]["labelled"] == 3
    assert told["status"]["model_version"] == told["connect"]["model_version"]
    for part in ("says", "next", "populations"):
        assert told["sync"][part] == told["status"][part] == told["export"][part]
    assert told["status"]["next"].startswith("Somebody answers 3 tasks at http://127.0.0.1:")
    assert not told["plan"]["calibrated"]
    assert told["plan --budget 1"]["best"]["error"] == 0, "three labels cost less"
    assert told["export"]["items"] == 3
    assert told["export"]["certificates"] == []
    assert {one["status"] for one in told["doctor"]["findings"]} == {"ok"}

    for file in Path(".tandem").glob("ledger.sqlite3*"):
        file.rename(f"lost-{file.name}")
    restored = the_object(tandem("restore", "kept/ledger.sqlite3", "--json"))
    assert restored["rows"] == told["backup kept/ledger.sqlite3 --force"]["rows"]
    status = the_object(tandem("status", "--json"))
    assert {part: status[part] for part in ("says", "next")} == {
        part: told["status"][part] for part in ("says", "next")
    }
    written = list(Path().rglob("*"))
    assert len(written) > 10
    assert [str(one) for one in written if one.stat().st_mode & 0o077] == []
