"""Dashboards of simulated projects: what was seen of each, with no servers behind."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import cast

from flask.testing import FlaskClient

from routing.ledger.passes import PassRecord
from routing.ledger.records import Assignment, LedgerState
from routing.snapshot.places import places_of
from routing.standing.compute import standing_of
from routing.studio import Studio
from routing.studio.models import StudioView
from tandem.dashboard.app import create_app
from tandem.dashboard.data import ProjectLook
from tandem.dashboard.links import Links
from tandem.dashboard.live import Seen
from tandem.dashboard.look import look_of
from tandem.status import ProjectStatus
from tests.support.observed_tasks import ADA, BEN, NOON
from tests.support.snapshots import snapshot_of

AT = datetime(2026, 3, 14, 18, 5, tzinfo=UTC)
LINKS = Links("the-admins", {"ada@example.org": "adas", "ben@example.org": "bens"})


class Tabs:
    """A Label Studio whose projects have a tab of Ada's, or none."""

    url = "http://studio"

    def __init__(self, project: int, *titles: str) -> None:
        self.project_id = project
        self.titles = titles

    def views(self) -> list[StudioView]:
        return [StudioView(number, title, (), ()) for number, title in enumerate(self.titles, 7)]


def waiting(state: LedgerState, tasks: Sequence[int], *workers: int) -> LedgerState:
    """The state with tasks that wait for people: for Ada and Ben, where nobody is named."""
    given = [Assignment(task, who, "open", NOON) for task in tasks for who in workers or (ADA, BEN)]
    return replace(state, assignments=[*state.assignments, *given])


def looked_at(
    state: LedgerState,
    blind_project: LedgerState | None = None,
    at: datetime = AT,
    *,
    anybody: bool = False,
    tabs: tuple[str, ...] = ("ada · 8 left · Tandem",),
) -> ProjectLook:
    """What the pages say of a project in this state, reviewed by Ada and Ben, or by anybody."""
    snapshot = snapshot_of(state, blind_project, policy={"target_error": 0.1})
    if anybody:
        people = replace(snapshot.people, reviewers=())
        snapshot = replace(snapshot, people=people, facts=replace(snapshot.facts, reviewers=()))
    blind = snapshot.blind_project
    snapshot = replace(
        snapshot,
        studio=cast(Studio, Tabs(1, *tabs)),
        blind_project=blind and replace(blind, studio=cast(Studio, Tabs(2, *tabs))),
    )
    status = ProjectStatus(standing_of(snapshot), {}, "ready")
    return look_of(snapshot, status, places_of(snapshot), at)


def client_of(
    seen: Seen[ProjectLook], passes: Sequence[PassRecord] = (), links: Links = LINKS
) -> FlaskClient:
    """A browser's place before the dashboard that shows this."""
    return create_app(lambda: seen, lambda: links, lambda: passes).test_client()
