"""Status: what the backend is busy with, where reviewers work, and what is told of a bad form."""

from dataclasses import replace
from typing import cast

from labeling.errors import BackendUnreachable, LabelConfigError
from labeling.protocol.health import HealthResponse, QueueLoad
from labeling.settings.settings import Settings
from routing.ledger import Ledger
from routing.ledger.passes import recorded_pass
from routing.snapshot.snapshot import Snapshot
from routing.studio import Studio
from routing.studio.models import StudioProject, StudioView
from tandem.session import Session
from tandem.status import label_streams_of, status_of, waiting
from tests.support.snapshots import prelabelled, snapshot_of


def test_what_the_backend_is_busy_with_is_told_by_kind() -> None:
    load = QueueLoad(
        waiting=60,
        waiting_tokens=900,
        in_flight=4,
        done=9,
        done_tokens=120,
        refused=0,
        per_second=1.5,
    )
    assert waiting(HealthResponse(status="UP", work={"bulk": load})) == {"bulk": 64}
    assert waiting(HealthResponse(status="UP")) == {}, "a backend of another kind tells nothing"


def test_streams_lead_to_tabs_of_both_projects() -> None:
    main, blind_project = Door(1), Door(2)
    snapshot = snapshot_of(prelabelled(3), prelabelled(3))
    assert snapshot.blind_project
    snapshot = replace(
        snapshot,
        studio=cast(Studio, main),
        blind_project=replace(snapshot.blind_project, studio=cast(Studio, blind_project)),
    )
    assert label_streams_of(snapshot) == {
        "ada": {
            "main": "http://studio/projects/1/data?tab=7&labeling=1",
            "blind": "http://studio/projects/2/data?tab=7&labeling=1",
        },
        "ben": {},
    }


class Door:
    """A Label Studio with a tab of Ada's and one that is nobody's."""

    url = "http://studio"

    def __init__(self, project: int) -> None:
        self.project_id = project

    def views(self) -> list[StudioView]:
        return [
            StudioView(7, "ada · 8 left · Tandem", (), ()),
            StudioView(8, "Default", (), ()),
        ]

    def project(self) -> StudioProject:
        return StudioProject(self.project_id, "Letters", "<View/>", "", "", "", 300, 0, 0)


class Backend:
    """A backend that is away."""

    def health(self) -> HealthResponse:
        raise BackendUnreachable("The ML backend does not answer", where="http://backend")


class Look:
    """A session that sees the given snapshot, or fails to read the form."""

    settings = Settings()
    studio = Door(1)
    backend = Backend()

    def __init__(self, seen: Snapshot | LabelConfigError) -> None:
        self.seen = seen
        self.ledger = Ledger("sqlite://", 1)
        self.ledger.upgrade()

    def look(self, *_: object) -> Snapshot:
        if isinstance(self.seen, LabelConfigError):
            raise self.seen
        return self.seen


def test_a_backend_that_is_away_is_part_of_the_status() -> None:
    snapshot = replace(snapshot_of(prelabelled(3)), studio=cast(Studio, Door(1)))
    look = Look(snapshot)
    with recorded_pass(look.ledger):
        pass
    told = status_of(cast(Session, look))
    assert told.as_json()["passes"]["passes"] == 1
    assert told.standing.tasks == 3
    assert told.standing.backend_problem == "The ML backend does not answer"
    assert told.as_json()["backend"] is None
    assert told.as_json()["backend_paid"] is None
    assert told.as_json()["backend_training"] is None
    spent = {"annotator", "currency", "people", "model", "hours", "controls", "control_hours"}
    assert set(told.as_json()["spend"]) == spent
    assert list(told.label_streams) == ["ada", "ben"]


def test_a_label_config_that_cannot_be_used_is_part_of_the_status() -> None:
    told = status_of(cast(Session, Look(LabelConfigError("It holds no control"))))
    assert told.standing.tasks == 300
    assert told.as_json()["says"] == ["The label config cannot be used: It holds no control."]
    assert "http://localhost:8080/projects/1/settings/labeling" in told.as_json()["next"]
