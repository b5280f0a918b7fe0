"""A pass, or a disconnection, in a process of its own, forked from one that imported all."""

import json
import multiprocessing
import sys
from collections import Counter
from collections.abc import Callable, Mapping
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
from tandem.people.state_change import Change, change_state
from tandem.session import Session, open_session
from tests.support.killing.points import Kill, Point, Watch

PASS_SECONDS = 240

Job: TypeAlias = Literal["sync", "disconnect", "pause", "resume", "exclude"]
"""A pass, the end of Tandem on the project, or the admin's word about the first reviewer."""

_processes = multiprocessing.get_context("forkserver")
# The server has one thread and no open connection when it forks.
_processes.set_forkserver_preload([__name__])


def run_pass(
    settings: Mapping[str, Any], folder: Path, kill: Kill | None = None, job: Job = "sync"
) -> int:
    """Run a pass in a process of its own.

    Args:
        settings: The content of its settings.
        folder: Where it writes the errors that end it, and how often it came to each point.
        kill: Where it is killed; None: nowhere.
        job: What is done instead of a pass.

    Returns:
        Its exit code: 0, or the negative number of the signal that killed it.
    """
    process = _processes.Process(target=_pass, args=(settings, folder, kill, job))
    process.start()
    process.join(PASS_SECONDS)
    code = process.exitcode
    process.kill()
    process.join()
    assert code is not None, f"the pass takes longer than {PASS_SECONDS} s"
    return code


def errors_of_pass(folder: Path) -> str:
    """Read what ended the last pass that ran in a folder."""
    return (folder / "errors.txt").read_text("utf-8")


def visits_of_pass(folder: Path) -> Counter[Point]:
    """Read how often the last whole pass in a folder came to each point."""
    counts = json.loads((folder / "visits.json").read_text("utf-8"))
    return Counter({Point(written, progress): count for written, progress, count in counts})


def _pass(settings: Mapping[str, Any], folder: Path, kill: Kill | None, job: Job) -> None:
    sys.stderr = (folder / "errors.txt").open("w", encoding="utf-8", buffering=1)
    watch = Watch(kill)
    watch.start()
    session = open_session(Settings.model_validate(settings))
    with session.alone():
        _JOBS[job](session)
    counts = [[*point, count] for point, count in watch.visits.items()]
    (folder / "visits.json").write_text(json.dumps(counts), "utf-8")


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


def _changed(change: Change, session: Session) -> None:
    change_state(session, change, session.settings.reviewers[0].email, "an admin's word")


_JOBS: Mapping[Job, Callable[[Session], None]] = {
    "sync": _sync,
    "disconnect": _disconnect,
    "pause": partial(_changed, "pause"),
    "resume": partial(_changed, "resume"),
    "exclude": partial(_changed, "exclude"),
}


def _one_moment() -> datetime:
    """Return the same moment always, since the order of audits depends on when labels froze."""
    return datetime(2026, 1, 1, tzinfo=UTC)
