"""Where a project stands: its sentences, what comes next, and all the numbers."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from labeling.errors import BackendUnreachable, LabelConfigError
from labeling.protocol.health import HealthResponse, PaidUsage, TrainingProgress
from labeling.protocol.predict import JobStatus
from routing.clock import system_clock
from routing.ledger.passes import KEPT, last_passes
from routing.model.client import BackendClient
from routing.progress import Progress, silent
from routing.snapshot.places import places_of
from routing.snapshot.snapshot import Snapshot
from routing.standing.compute import project_address, standing_of
from routing.standing.standing import Standing
from tandem.pass_health import PassHealth, pass_health
from tandem.session import Session
from tandem.standing.annotator import annotator_lines
from tandem.standing.learning import learning_lines
from tandem.standing.next_step import next_step
from tandem.standing.remarks import remarks
from tandem.standing.sentences import population_sentence, sentences, totals


@dataclass(frozen=True, slots=True)
class ProjectStatus:
    """Where a project stands, where its reviewers work, and what the backend does.

    Attributes:
        standing: The project's own numbers.
        label_streams: Every address that reviewers open to work, by what the reviewer is called,
            and by `main` or `blind`.
        backend: The backend's model; None where the backend does not say.
        backend_jobs: What bulk work it has.
        backend_waiting: Texts that wait for its model or are with it, by kind of work.
        backend_paid: What the backend paid a server for answers since it started.
        backend_training: What the backend learns beside serving, of whatever project; None: nothing
            since it started.
        passes: How the project's passes go.
    """

    standing: Standing
    label_streams: Mapping[str, Mapping[str, str]]
    backend: str | None = None
    backend_jobs: Sequence[JobStatus] = ()
    backend_waiting: Mapping[str, int] | None = None
    backend_paid: PaidUsage | None = None
    backend_training: TrainingProgress | None = None
    passes: PassHealth = field(default_factory=PassHealth)

    def as_json(self) -> dict[str, Any]:
        """Return all of it in the form of JSON, as `tandem status --json` prints it."""
        return {
            **asdict(self.standing),
            **in_words(self.standing),
            "waiting": _waiting_by_worker(self.standing),
            "label_streams": {name: dict(one) for name, one in self.label_streams.items()},
            "backend": self.backend,
            "backend_jobs": [job.model_dump() for job in self.backend_jobs],
            "backend_waiting": dict(self.backend_waiting or {}),
            "backend_paid": self.backend_paid and self.backend_paid.model_dump(),
            "backend_training": self.backend_training and self.backend_training.model_dump(),
            "passes": asdict(self.passes),
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
    passes = pass_health(last_passes(session.ledger, KEPT), system_clock())
    try:
        snapshot = session.look(progress)
    except LabelConfigError as error:
        return ProjectStatus(_without_form(session, error), {}, passes=passes)
    return replace(status_after(snapshot, session.backend), passes=passes)


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
    return ProjectStatus(
        standing,
        streams,
        health.model,
        health.jobs,
        waiting(health),
        health.paid,
        health.training,
    )


def in_words(standing: Standing) -> dict[str, Any]:
    """Return what people are told first of a standing, in the form of JSON."""
    return {
        "next": next_step(standing),
        "says": sentences(standing),
        "totals": totals(standing),
        "remarks": remarks(standing),
        "learns": learning_lines(standing.learning),
        "annotates": annotator_lines(standing.annotator),
        "populations": [
            {"says": population_sentence(one, standing), **asdict(one)}
            for one in standing.populations
        ],
        "certified": standing.is_certified,
    }


def waiting(health: HealthResponse) -> dict[str, int]:
    """Count the texts that wait for the backend's model or are with it, by kind of work."""
    return {priority: load.waiting + load.in_flight for priority, load in health.work.items()}


def label_streams_of(snapshot: Snapshot) -> dict[str, dict[str, str]]:
    """Return the addresses that reviewers open to work, by the reviewer, and `main` or `blind`."""
    return {
        place.name: {
            kind: address
            for kind, address in (("main", place.stream), ("blind", place.blind_stream))
            if address is not None
        }
        for place in places_of(snapshot)
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
