"""Tabs: who is asked finds it in a tab of their own, where the edition cannot assign."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from routing.ledger.journal import Step, write
from routing.reviewers.workload import vote_demands_here
from routing.snapshot.observe import Snapshot
from routing.studio.id_filters import fitting

ORDERING = ("tasks:predictions_score",)
"""The most doubtful first: there, a person's answer changes most."""

LABELLING = "&labeling=1"
"""Behind a tab's path: its label stream, most doubtful first. The tab's own button *Label All
Tasks* hands out every task of the project instead, in no order."""

PREFIX = "Tandem · "
"""What the titles of Tandem's own tabs begin with."""

SHARED_TAB = f"{PREFIX}to review"


@dataclass(frozen=True, slots=True)
class Tab:
    """A tab as it should be: one a reviewer, or a shared one where no reviewer is named."""

    title: str
    tasks: tuple[int, ...]


def steps(snapshot: Snapshot) -> Iterator[Step]:
    """List the steps that bring the tabs to what the assignments say."""
    present = {view.title: view for view in snapshot.studio.views()}
    for tab in tabs_of(snapshot):
        view = present.get(tab.title)
        if view and set(view.task_ids) == set(tab.tasks) and view.ordering == ORDERING:
            continue
        digest = hashlib.sha256(repr(tab).encode()).hexdigest()[:16]
        saving = write(
            f"tab:{tab.title}:{digest}",
            "tab",
            tab.title,
            {"tasks": len(view.task_ids)} if view else None,
            {"tasks": len(tab.tasks)},
        )
        view_id = view.id if view else None
        yield Step(
            [saving], partial(snapshot.studio.save_view, tab.title, tab.tasks, ORDERING, view_id)
        )


def tabs_of(snapshot: Snapshot) -> list[Tab]:
    """Give every tab as it should be, the most urgent tasks first."""
    vote_demands = vote_demands_here(snapshot)
    urgency = {demand.task: (demand.priority, demand.task) for demand in vote_demands}
    waiting = [one for one in snapshot.state.assignments if one.state == "open"]
    if not snapshot.people.reviewers:
        owed = [demand.task for demand in vote_demands if demand.votes > 0]
        return [Tab(SHARED_TAB, fitting(sorted(owed, key=urgency.__getitem__)))]
    return [
        Tab(
            tab_title(snapshot.people.names[reviewer.worker]),
            fitting(
                sorted(
                    (one.task for one in waiting if one.worker == reviewer.worker),
                    key=urgency.__getitem__,
                )
            ),
        )
        for reviewer in snapshot.people.reviewers
    ]


def tab_title(email: str) -> str:
    """Name a reviewer's tab: by the address, since names repeat."""
    return f"{PREFIX}{email}"


def tab_path(project: int, tab: int) -> str:
    """Give where a tab is, below Label Studio's address."""
    return f"/projects/{project}/data?tab={tab}"
