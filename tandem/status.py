"""Where a project stands: its sentences, what comes next, and all the numbers."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from labeling.errors import BackendUnreachable, LabelConfigError
from labeling.protocol import HealthResponse, JobStatus
from routing.model.client import BackendClient
from routing.progress import Progress, silent
from routing.reviewers.tabs import LABELLING, owner_of, tab_path
from routing.snapshot.snapshot import Snapshot
from routing.snapshot.task_mapping import SUFFIX
from routing.standing.compute import project_address, standing_of
from routing.standing.standing import Standing
from routing.studio import Studio
from tandem.next_step import next_step, population_sentence, remarks, sentences, totals
from tandem.session import Session


@dataclass(frozen=True, slots=True)
class ProjectStatus:
    """Where a project stands, where its reviewers work, and what the backend does.

    Attributes:
        standing: The project's own numbers.
        label_streams: Every address that reviewers open to work, by the title of the tab.
        backend: The backend's model; None where the backend does not say.
        backend_jobs: What bulk work it has.
        backend_waiting: Texts that wait for its model or are with it, by kind of work.
    """

    standing: Standing
    label_streams: Mapping[str, str]
    backend: str | None = None
    backend_jobs: Sequence[JobStatus] = ()
    backend_waiting: Mapping[str, int] | None = None

    def as_json(self) -> dict[str, Any]:
        """Return all of it in the form of JSON, as `tandem status --json` prints it."""
        return {
            **asdict(self.standing),
            **in_words(self.standing),
            "waiting": _waiting_by_worker(self.standing),
            "label_streams": dict(self.label_streams),
            "backend": self.backend,
            "backend_jobs": [job.model_dump() for job in self.backend_jobs],
            "backend_waiting": dict(self.backend_waiting or {}),
        }


def status_of(session: Session, progress: Progress = silent) -> ProjectStatus:
    """Observe the project and count; write nothing but the ledger's mirror.

    A backend that is away, and a label config that cannot be used, are part of the status.

    Args:
        session: The project.
        progress: Told how far the look is.

    Returns:
        Where the project stands.

    Raises:
        TandemError: Label Studio cannot be asked.
    """
    try:
        snapshot = session.look(progress)
    except LabelConfigError as error:
        return ProjectStatus(_without_form(session, error), {})
    return status_after(snapshot, session.backend)


def status_after(snapshot: Snapshot, backend: BackendClient) -> ProjectStatus:
    """Count what was just looked at, and ask the backend.

    Args:
        snapshot: The look.
        backend: The ML backend, which may be away.

    Returns:
        Where the project stands.
    """
    streams = label_streams_of(snapshot)
    try:
        health = backend.health()
        served = backend.version(snapshot.project.id, snapshot.form.config)
    except BackendUnreachable as error:
        standing = replace(standing_of(snapshot), backend_problem=error.what)
        return ProjectStatus(standing, streams)
    standing = standing_of(snapshot, served)
    return ProjectStatus(standing, streams, health.model, health.jobs, waiting(health))


def in_words(standing: Standing) -> dict[str, Any]:
    """Return what people are told first of a standing, in the form of JSON."""
    return {
        "next": next_step(standing),
        "says": sentences(standing),
        "totals": totals(standing),
        "remarks": remarks(standing),
        "populations": [
            {"says": population_sentence(one, standing), **asdict(one)}
            for one in standing.populations
        ],
        "certified": standing.is_certified,
    }


def waiting(health: HealthResponse) -> dict[str, int]:
    """Count the texts that wait for the backend's model or are with it, by kind of work."""
    return {priority: load.waiting + load.in_flight for priority, load in health.work.items()}


def label_streams_of(snapshot: Snapshot) -> dict[str, str]:
    """Return every address that reviewers open to work, blind ones too, by the title of the tab."""
    found = label_streams(snapshot.studio)
    if snapshot.blind_project:
        blind = label_streams(snapshot.blind_project.studio)
        found |= {f"{title}{SUFFIX}": address for title, address in blind.items()}
    return found


def label_streams(studio: Studio) -> dict[str, str]:
    """Return the address that each reviewer opens to work in a project, by the title of the tab."""
    return {
        view.title: f"{studio.url}{tab_path(studio.project_id, view.id)}{LABELLING}"
        for view in studio.views()
        if owner_of(view.title)
    }


def _without_form(session: Session, error: LabelConfigError) -> Standing:
    """Return the standing of a project whose label config cannot be used."""
    project = session.studio.project()
    return Standing(
        project=project.title,
        address=project_address(session.settings, project.id),
        tasks=project.task_count,
        form_problem=error.what,
    )


def _waiting_by_worker(standing: Standing) -> dict[str, int]:
    waiting_tasks: Counter[str] = Counter()
    for work in standing.work:
        waiting_tasks[work.worker or "anybody"] += work.tasks
    return dict(waiting_tasks)
