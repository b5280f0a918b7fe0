"""The check of a certificate that the documentation prints: without Tandem, it says the same."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from routing.guarantee.audit_test import Promise
from routing.guarantee.certificate_file import verify, write
from routing.guarantee.frozen_population import (
    Check,
    FrozenPopulation,
    Overruled,
    audit_status_of,
)
from routing.guarantee.task_group import TaskGroup

DOCUMENT = Path(__file__).parents[2] / "docs" / "promise.md"
OPEN = range(101, 401)


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The program as the document prints it."""
    [code] = re.findall(r"```python\n(.*?)```", DOCUMENT.read_text("utf-8"), re.DOTALL)
    file = tmp_path_factory.mktemp("by-hand") / "check.py"
    file.write_text(code, "utf-8")
    return file


@pytest.fixture(
    scope="module",
    params=[(0, None), (3, None), (0, TaskGroup("language", "de"))],
    ids=["people's", "overruled", "of a group"],
)
def certificate(request: pytest.FixtureRequest) -> bytes:
    """Every 15th open label is wrong; one audit is lost, two tasks were reviewed by choice.

    The model overrules people in none of their labels, or in three; it is about a group or not.
    """
    count, group = request.param
    overruled = [Overruled(task, "good", "bad") for task in range(1, 1 + count)]
    frozen = FrozenPopulation(
        promise=Promise(400, 0.1, 0.05),
        answered=list(range(1, 101)),
        labels={task: "bad" if task % 15 == 0 else "good" for task in OPEN},
        errors={task: round(0.02 + (task * 37 % 100) / 400, 4) for task in OPEN},
        planned=90,
        texts="0" * 64,
        model_version="tiny-12345678",
        seed=7,
        at="2026-03-14T18:30:00+00:00",
        form="1" * 64,
        group=group,
    )
    reviewed = frozen.order[150:152]
    checks = [Check(task, "review", "good") for task in reviewed]
    for task in frozen.order[:150]:
        checks.append(Check(task, "audit", None if len(checks) == 20 else "good"))
        if audit_status_of(frozen, checks, len(overruled)).is_kept:
            break
    return write(frozen, checks, overruled=overruled)


def checked(program: Path, certificate: bytes, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run the program with Python alone, so that it cannot import Tandem."""
    file = folder / "certificate-1.json"
    file.write_bytes(certificate)
    return subprocess.run(
        [sys.executable, "-I", "-S", program, file], capture_output=True, text=True, check=False
    )


def test_it_proves_what_tandem_proves(program: Path, certificate: bytes, tmp_path: Path) -> None:
    assert "at most 40" in verify(certificate)
    evidence = json.loads(certificate)["result"]["evidence"]
    done = checked(program, certificate, tmp_path)
    assert (done.returncode, done.stdout) == (0, f"proved {evidence:.6f} nats of 2.995732\n")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"audit","good"', b'"audit","bad"'),
        (b'"seed":7', b'"seed":8'),
        (b'"error":0.1', b'"error":0.2'),
    ],
)
def test_a_changed_one_proves_nothing(
    program: Path, certificate: bytes, tmp_path: Path, old: bytes, new: bytes
) -> None:
    changed = certificate.replace(old, new, 1)
    assert changed != certificate
    assert checked(program, changed, tmp_path).returncode != 0
