"""Adopting a project: its past is read from Label Studio, recorded, and the mark is put anew."""

from collections.abc import Collection
from dataclasses import dataclass

from labeling.errors import SettingsError
from labeling.settings.settings import Settings
from routing.adoption.rebuild import Past, Seen, rebuild
from routing.clock import Clock, system_clock
from routing.ledger import Ledger
from routing.ledger.identity import LedgerIdentity
from routing.ledger.records import LedgerState
from routing.ownership.guard import claim, keeper_of
from routing.planning.review_rounds import pilot
from routing.progress import Progress, silent
from routing.reviewers.tabs import own_tabs
from routing.snapshot import task_mapping
from routing.snapshot.observe import look_at_project
from routing.snapshot.snapshot import Snapshot
from routing.studio.client import Studio


@dataclass(frozen=True, slots=True)
class Adoption:
    """What adopting a project would bring.

    Attributes:
        snapshot: What was seen of the project.
        keeper: The ledger that keeps it so far; None: it bears no mark.
        past: What is known again.
    """

    snapshot: Snapshot
    keeper: LedgerIdentity | None
    past: Past


def plan(
    studio: Studio,
    ledger: Ledger,
    settings: Settings,
    progress: Progress = silent,
    clock: Clock = system_clock,
) -> Adoption:
    """Read what is known of a project's past; write nothing but the ledger's mirror.

    Args:
        studio: Label Studio.
        ledger: The ledger that is to keep the project; of this release.
        settings: The settings.
        progress: Told how far the reading is.
        clock: Tells what the time is.

    Returns:
        What adopting would bring.

    Raises:
        SettingsError: This ledger keeps the project already, or has a past of its own, or there is
            nothing of Tandem's to adopt.
    """
    descriptions = studio.descriptions()
    found = task_mapping.find(descriptions, studio.project_id)
    keeper = keeper_of(descriptions, studio.project_id, found)
    _require_room(ledger, keeper)
    snapshot = look_at_project(studio, ledger, settings, progress, clock=clock)
    past = rebuild(_seen(snapshot))
    if keeper is None and found is None and not past.accepted and not _predicted(snapshot):
        raise SettingsError(
            "There is nothing of Tandem's on the project that could be adopted",
            where=f"project {studio.project_id}",
            hint="Begin with `tandem sync`.",
        )
    return Adoption(snapshot, keeper, past)


def adopt(adoption: Adoption) -> None:
    """Record what is known again, and put this ledger's mark into the project.

    No annotation is written. Killed in between, it can be run again.

    Args:
        adoption: What adopting brings.
    """
    snapshot, past = adoption.snapshot, adoption.past
    blind = snapshot.blind_project
    if blind is not None:
        blind.ledger.assign(past.blind_assignments)
    snapshot.ledger.rebuild(past.decisions, past.assignments, past.copies)
    projects = [snapshot.project, *([blind.project] if blind else [])]
    claim(snapshot.studio, snapshot.ledger, projects, snapshot.clock)


def _require_room(ledger: Ledger, keeper: LedgerIdentity | None) -> None:
    """Refuse where this ledger keeps the project, or knows a past that would mix with another."""
    if keeper is not None and keeper == ledger.identity():
        raise SettingsError(
            "This ledger keeps the project already",
            where=ledger.address,
            hint="Go on with `tandem sync`.",
        )
    rows = ledger.counts()
    if rows["round"] or rows["population"]:
        raise SettingsError(
            "This ledger has a past of its own on the project",
            where=ledger.address,
            hint="Move it away, or name another one in `ledger`, and adopt again.",
        )


def _seen(snapshot: Snapshot) -> Seen:
    blind = snapshot.blind_project
    state = snapshot.ledger.state()
    return Seen(
        main=state,
        tabs=_tabs(snapshot, snapshot.studio, state),
        blind=blind.state if blind else None,
        blind_tabs=_tabs(snapshot, blind.studio, blind.state) if blind else {},
        pilot=pilot(list(state.tasks), snapshot.settings.policy),
        at=snapshot.clock(),
    )


def _tabs(snapshot: Snapshot, studio: Studio, state: LedgerState) -> dict[int, Collection[int]]:
    """Return the tasks that stand in the tabs of each reviewer."""
    tabs = own_tabs(studio.views(), snapshot.people)
    return {
        worker: {task for task in state.tasks if view.lists(task)} for worker, view in tabs.items()
    }


def _predicted(snapshot: Snapshot) -> bool:
    return any(one.calibrator is not None for one in snapshot.state.predictions)
