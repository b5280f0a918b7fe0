"""Dashboards of simulated projects: what was seen of each, with no servers behind."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from flask.testing import FlaskClient

from routing.ledger.passes import PassRecord
from routing.ledger.records import Assignment, LedgerState
from routing.standing.compute import standing_of
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
STREAMS = {
    "Tandem · ada@example.org": "http://studio/projects/1/data?tab=7&labeling=1",
    "Tandem · ada@example.org · blind": "http://studio/projects/2/data?tab=8&labeling=1",
}


def waiting(state: LedgerState, tasks: Sequence[int], *workers: int) -> LedgerState:
    """The state with tasks that wait for people: for Ada and Ben, where nobody is named."""
    given = [Assignment(task, who, "open", NOON) for task in tasks for who in workers or (ADA, BEN)]
    return replace(state, assignments=[*state.assignments, *given])


def looked_at(
    state: LedgerState,
    blind_project: LedgerState | None = None,
    at: datetime = AT,
    streams: Mapping[str, str] = STREAMS,
    *,
    anybody: bool = False,
) -> ProjectLook:
    """What the pages say of a project in this state, reviewed by Ada and Ben, or by anybody."""
    named = [{"email": name} for name in LINKS.reviewers]
    snapshot = snapshot_of(state, blind_project, reviewers=named, policy={"target_error": 0.1})
    if anybody:
        people = replace(snapshot.people, reviewers=())
        snapshot = replace(snapshot, people=people, facts=replace(snapshot.facts, reviewers=()))
    return look_of(snapshot, ProjectStatus(standing_of(snapshot), streams, "ready"), at)


def client_of(
    seen: Seen[ProjectLook], passes: Sequence[PassRecord] = (), links: Links = LINKS
) -> FlaskClient:
    """A browser's place before the dashboard that shows this."""
    return create_app(lambda: seen, lambda: links, lambda: passes).test_client()
