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

HARDENED = {
    "NoNewPrivileges": "yes",
    "ProtectSystem": "strict",
    "ProtectHome": "yes",
    "PrivateTmp": "yes",
    "CapabilityBoundingSet": "",
    "UMask": "0077",
    "StateDirectoryMode": "0700",
    "Restart": "on-failure",
}


def values(unit: Path, key: str) -> list[str]:
    """All values of a key, in order."""
    pairs = (line.partition("=") for line in unit.read_text("utf-8").splitlines())
    return [value for name, _, value in pairs if name == key]


def arguments(unit: Path) -> Sequence[str]:
    (line,) = values(unit, "ExecStart")
    return shlex.split(line)


def test_there_is_one_for_each_program() -> None:
    assert [unit.stem for unit in UNITS] == ["tandem-backend", "tandem-sync"]


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd is not installed")
@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.stem)
def test_systemd_accepts_it(unit: Path, tmp_path: Path) -> None:
    program = arguments(unit)[0]
    for each in UNITS:
        there = each.read_text("utf-8").replace(program, "/bin/true")
        (tmp_path / each.name).write_text(there, "utf-8")
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", tmp_path / unit.name],
        capture_output=True,
        text=True,
        check=False,
    )
    ours = [line for line in done.stderr.splitlines() if unit.name in line]
    assert (done.returncode, ours) == (0, []), done.stderr


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
