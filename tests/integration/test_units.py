"""The systemd units: accepted by systemd, in a user's name, with no right too many."""

import shlex
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest
from typer.main import get_command

from tandem.cli.app import app

DEPLOY = Path(__file__).parents[2] / "deploy"
UNITS = sorted(DEPLOY.glob("*.service"))
TIMERS = sorted(DEPLOY.glob("*.timer"))

HARDENED = {
    "NoNewPrivileges": "yes",
    "ProtectSystem": "strict",
    "ProtectHome": "yes",
    "PrivateTmp": "yes",
    "CapabilityBoundingSet": "",
    "UMask": "0077",
    "StateDirectoryMode": "0700",
}


def values(unit: Path, key: str) -> list[str]:
    """All values of a key, in order."""
    pairs = (line.partition("=") for line in unit.read_text("utf-8").splitlines())
    return [value for name, _, value in pairs if name == key]


def arguments(unit: Path) -> Sequence[str]:
    (line,) = values(unit, "ExecStart")
    return shlex.split(line)


def test_there_is_one_for_each_program_and_one_for_single_passes() -> None:
    assert [unit.stem for unit in UNITS] == ["tandem-backend", "tandem-pass@", "tandem-sync"]


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd is not installed")
@pytest.mark.parametrize("unit", [*UNITS, *TIMERS], ids=lambda unit: unit.name)
def test_systemd_accepts_it(unit: Path, tmp_path: Path) -> None:
    for each in (*UNITS, *TIMERS):
        there = each.read_text("utf-8").replace("/opt/tandem/bin/tandem", "/bin/true")
        (tmp_path / each.name).write_text(there, "utf-8")
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", tmp_path / unit.name],
        capture_output=True,
        text=True,
        check=False,
    )
    ours = [line for line in done.stderr.splitlines() if unit.name in line]
    assert (done.returncode, ours) == (0, []), done.stderr


def test_a_program_that_stays_is_started_again_and_a_pass_by_its_timer() -> None:
    assert [values(unit, "Restart") for unit in UNITS] == [["on-failure"], [], ["on-failure"]]
    assert [values(unit, "Type") for unit in UNITS] == [["exec"], ["oneshot"], ["exec"]]


def test_the_timer_begins_a_pass_only_once_the_last_has_ended() -> None:
    (timer,) = TIMERS
    assert timer.with_suffix(".service") in UNITS
    assert values(timer, "OnUnitInactiveSec")
    assert not any(values(timer, key) for key in ("OnCalendar", "OnUnitActiveSec"))


def test_both_controllers_have_the_same_rights_and_ledger() -> None:
    """A project may be taken from one to the other."""
    single, watching = (DEPLOY / f"tandem-{name}.service" for name in ("pass@", "sync"))
    keys = {line.partition("=")[0] for line in watching.read_text("utf-8").splitlines()}
    own = {"Description", "Type", "ExecStart", "Restart", "RestartSec", "TimeoutStopSec"}
    own |= {"WantedBy", "StartLimitIntervalSec"}
    same = {key for key in keys if key.isalnum()} - own
    assert {"User", "Environment", "SystemCallFilter"} <= same
    assert {key: values(single, key) for key in same} == {
        key: values(watching, key) for key in same
    }


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.stem)
def test_it_runs_without_rights_and_writes_where_its_data_are_alone(unit: Path) -> None:
    assert {key: values(unit, key) for key in HARDENED} == {
        key: [value] for key, value in HARDENED.items()
    }
    (user,), (folder,) = values(unit, "User"), values(unit, "StateDirectory")
    assert user != "root"
    assert values(unit, "ReadWritePaths") == [f"/var/lib/{folder}"]
    assert all(f"=/var/lib/{folder}/" in one for one in values(unit, "Environment"))


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.stem)
def test_secrets_are_in_a_file_that_only_root_reads(unit: Path) -> None:
    (file,) = values(unit, "EnvironmentFile")
    assert f"install -m 0600 /dev/null {file} " in unit.read_text("utf-8")
    assert not any("PASS" in one or "KEY" in one for one in values(unit, "Environment"))


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.stem)
def test_it_runs_a_command_that_there_is(unit: Path) -> None:
    _, name, *rest = arguments(unit)
    command = get_command(app).commands[name]  # type: ignore[attr-defined]
    command.make_context(name, list(rest))
