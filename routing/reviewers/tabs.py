"""Tabs: who is asked finds it in a tab of their own, where the edition cannot assign."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from routing.facts.vote_demands import VoteDemand
from routing.ledger.journal import Step
from routing.ledger.records import Assignment, Write
from routing.reviewers.users import People
from routing.studio.client import Studio
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
    """A tab as it should be: one per reviewer, or a shared one where no reviewer is named."""

    title: str
    tasks: tuple[int, ...]


def steps(studio: Studio, tabs: Sequence[Tab], at: datetime) -> Iterator[Step]:
    """Return the steps that bring the tabs of Label Studio to what they should be.

    Args:
        studio: Label Studio.
        tabs: The tabs as they should be.
        at: The moment of planning.

    Yields:
        One step per tab that differs.
    """
    present = {view.title: view for view in studio.views()}
    for tab in tabs:
        view = present.get(tab.title)
        if view and set(view.task_ids) == set(tab.tasks) and view.ordering == ORDERING:
            continue
        digest = hashlib.sha256(repr(tab).encode()).hexdigest()[:16]
        saving = Write(
            f"tab:{tab.title}:{digest}",
            "tab",
            tab.title,
            {"tasks": len(view.task_ids)} if view else None,
            {"tasks": len(tab.tasks)},
            at,
        )
        view_id = view.id if view else None
        yield Step([saving], partial(studio.save_view, tab.title, tab.tasks, ORDERING, view_id))


def tabs_of(
    people: People, demands: Sequence[VoteDemand], assignments: Sequence[Assignment]
) -> list[Tab]:
    """Return every tab as it should be, the most urgent tasks first.

    Args:
        people: Who reviews; where nobody is named, all share a tab.
        demands: What people owe in this project.
        assignments: Who is asked what.

    Returns:
        One tab per reviewer, or the shared one.
    """
    urgency = {demand.task: (demand.priority, demand.task) for demand in demands}
    if not people.reviewers:
        owed = [demand.task for demand in demands if demand.votes > 0]
        return [Tab(SHARED_TAB, fitting(sorted(owed, key=urgency.__getitem__)))]
    waiting = [one for one in assignments if one.state == "open"]
    return [
        Tab(
            tab_title(people.names[reviewer.worker]),
            fitting(
                sorted(
                    (one.task for one in waiting if one.worker == reviewer.worker),
                    key=urgency.__getitem__,
                )
            ),
        )
        for reviewer in people.reviewers
    ]


def tab_title(email: str) -> str:
    """Name a reviewer's tab: by the address, since names repeat."""
    return f"{PREFIX}{email}"


def tab_path(project: int, tab: int) -> str:
    """Return where a tab is, below Label Studio's address.

    Args:
        project: Label Studio's id of the project.
        tab: The tab's.
    """
    return f"/projects/{project}/data?tab={tab}"
