"""A pass, a disconnection or a command in a process of its own, forked from one that has all."""

import json
import multiprocessing
import os
import sys
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, Literal, TypeAlias

from labeling.settings.settings import Settings
from routing.disconnect.disconnect import disconnect
from routing.disconnect.inventory import take_inventory
from routing.disconnect.parts import Choice
from routing.disconnect.removal import Removal
from routing.progress import silent
from routing.sync import sync
from tandem.cli.app import app
from tandem.session import Session, open_session
from tests.support.killing.points import Kill, Point, Watch

PASS_SECONDS = 240

Job: TypeAlias = Literal["sync", "disconnect"]
"""A pass, or the end of Tandem on the project."""

_processes = multiprocessing.get_context("forkserver")
# The server has one thread and no open connection when it forks. What only some passes import
# would take each of them a second.
_processes.set_forkserver_preload(
    [__name__, "aggregation.quality.peer_test", "aggregation.quality.rules.registry"]
)


def run_pass(
    settings: Mapping[str, Any], folder: Path, kill: Kill | None = None, job: Job = "sync"
) -> int:
    """Run a pass in a process of its own, at always the same moment.

    Args:
        settings: The content of its settings.
        folder: Where it writes the errors that end it, and how often it came to each point.
        kill: Where it is killed; None: nowhere.
        job: What is done instead of a pass.

    Returns:
        Its exit code: 0, or the negative number of the signal that killed it.
    """
    return _run(partial(_do, settings, job), folder, kill)


def run_command(
    words: Sequence[str],
    environment: Mapping[str, str],
    folder: Path,
    kill: Kill | None = None,
) -> int:
    """Run `tandem` in a process of its own, as an admin does.

    Args:
        words: What is written behind `tandem`.
        environment: What it finds in its environment beside what this process has.
        folder: Where it writes what it says, and how often it came to each point.
        kill: Where it is killed; None: nowhere.

    Returns:
        Its exit code, as `run_pass` does.
    """
    return _run(partial(_command, words, environment), folder, kill)


def errors_of_pass(folder: Path) -> str:
    """Read what ended the last pass that ran in a folder."""
    return (folder / "errors.txt").read_text("utf-8")


def visits_of_pass(folder: Path) -> Counter[Point]:
    """Read how often the last whole pass in a folder came to each point."""
    counts = json.loads((folder / "visits.json").read_text("utf-8"))
    return Counter({Point(written, progress): count for written, progress, count in counts})


def _run(job: Callable[[], None], folder: Path, kill: Kill | None) -> int:
    process = _processes.Process(target=_watched, args=(job, folder, kill))
    process.start()
    process.join(PASS_SECONDS)
    code = process.exitcode
    process.kill()
    process.join()
    assert code is not None, f"the pass takes longer than {PASS_SECONDS} s"
    return code


def _watched(job: Callable[[], None], folder: Path, kill: Kill | None) -> None:
    sys.stderr = (folder / "errors.txt").open("w", encoding="utf-8", buffering=1)
    watch = Watch(kill)
    watch.start()
    job()
    counts = [[*point, count] for point, count in watch.visits.items()]
    (folder / "visits.json").write_text(json.dumps(counts), "utf-8")


def _do(settings: Mapping[str, Any], job: Job) -> None:
    session = open_session(Settings.model_validate(settings))
    with session.alone():
        _JOBS[job](session)


def _command(words: Sequence[str], environment: Mapping[str, str]) -> None:
    os.environ.update(environment)
    sys.stdout = sys.stderr
    code = app(words, standalone_mode=False)
    if code:
        sys.exit(code)


def _sync(session: Session) -> None:
    sync(session.studio, session.backend, session.ledger, session.settings, clock=_one_moment)


def _disconnect(session: Session) -> None:
    """Take off all that can be taken off."""
    studio, ledger, settings = session.studio, session.ledger, session.settings
    found = take_inventory(studio, ledger, settings, silent)
    choice = Choice(model_user=True)
    removal = Removal(
        found, choice, studio, ledger, settings.data_dir, silent, lambda: datetime.now(UTC)
    )
    disconnect(ledger, removal.parts())


_JOBS: Mapping[Job, Callable[[Session], None]] = {"sync": _sync, "disconnect": _disconnect}


def _one_moment() -> datetime:
    """Return the same moment always, since the order of audits depends on when labels froze."""
    return datetime(2026, 1, 1, tzinfo=UTC)
