"""An idle project: a pass found nothing to do, and a few questions tell that there still is not."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from labeling.errors import BackendUnreachable
from routing.ledger import Ledger
from routing.ledger.control_decisions import control_decisions
from routing.ledger.people import person_events
from routing.ledger.records import LedgerState
from routing.model.client import BackendClient
from routing.model.prelabel import PrelabelReport, in_need
from routing.snapshot.look import changed_tasks, is_set_back
from routing.snapshot.snapshot import Snapshot
from routing.studio.client import Studio
from routing.studio.models import StudioProject
from routing.tunables import DEFAULTS, Tunables


@dataclass(frozen=True, slots=True)
class Idle:
    """How all stood when a pass had nothing to do.

    Attributes:
        projects: The project and its blind project, by id.
        config: The label config that the backend was asked by.
        served: The model version that it answered with.
        words: How much had become of people, and been decided of control tasks.
        since: When that pass was made.
    """

    projects: Mapping[int, StudioProject]
    config: str
    served: str
    words: int
    since: datetime


def idle_after(before: LedgerState, after: Snapshot, report: PrelabelReport) -> Idle | None:
    """Return how all stands after a pass that wrote nothing, if it learned and decided nothing too.

    Args:
        before: What was known when the pass began.
        after: What it left.
        report: What the model did.

    Returns:
        How all stands; None: something was done, or is to be tried again.
    """
    is_waiting = report.backend_problem or in_need(after.facts, after.facts.model_version)
    if is_waiting or after.state != before:
        return None
    seen = filter(None, [after, after.blind_project])
    projects = {one.project.id: one.project for one in seen}
    words = _words(after.ledger)
    return Idle(projects, after.form.config, report.served, words, after.clock())


def is_still(
    idle: Idle,
    studio: Studio,
    backend: BackendClient,
    ledger: Ledger,
    at: datetime,
    tunables: Tunables = DEFAULTS,
) -> bool:
    """Return whether nothing changed that a pass would act on.

    What moves no task and no counter, such as a tab that somebody deleted or a user who is new, is
    not asked about; so a project counts as idle for `tunables.idle_for` at most, and then is looked
    at as a whole.

    Args:
        idle: How all stood.
        studio: Label Studio.
        backend: The ML backend.
        ledger: The ledger.
        at: The moment.
        tunables: For how long that holds.

    Returns:
        Whether the last pass would be made again, and find nothing to do.
    """
    # A clock that was set back tells nothing of how long ago that was.
    is_recent = timedelta() <= at - idle.since < tunables.idle_for
    if not is_recent or ledger.pending() or _words(ledger) != idle.words:
        return False
    try:
        setup = backend.setup(studio.project_id, idle.config)
    except BackendUnreachable:
        return False
    return (
        setup.model_version == idle.served
        and not setup.training_wanted
        and studio.projects_of(list(idle.projects)) == idle.projects
        and all(_is_untouched(studio.beside(one), ledger.beside(one)) for one in idle.projects)
    )


def _words(ledger: Ledger) -> int:
    return len(person_events(ledger)) + len(control_decisions(ledger))


def _is_untouched(studio: Studio, ledger: Ledger) -> bool:
    cursor = ledger.cursor()
    if cursor is None or is_set_back(studio, cursor.updated_at):
        return False
    return not changed_tasks(studio, cursor.updated_at, ledger.seen_at)
