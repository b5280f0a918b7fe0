"""Tabs: who is asked finds it in a tab of their own, where the edition cannot assign."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from routing.reviewers.workload import needs_here
from routing.snapshot import Scene
from routing.studio.id_filters import fitting
from routing.writes.journal import Step, write

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


def steps(scene: Scene) -> Iterator[Step]:
    """List the steps that bring the tabs to what the assignments say."""
    present = {view.title: view for view in scene.studio.views()}
    for tab in tabs_of(scene):
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
            [saving], partial(scene.studio.save_view, tab.title, tab.tasks, ORDERING, view_id)
        )


def tabs_of(scene: Scene) -> list[Tab]:
    """Give every tab as it should be, the most urgent tasks first."""
    needs = needs_here(scene)
    urgency = {need.task: (need.priority, need.task) for need in needs}
    waiting = [one for one in scene.state.assignments if one.state == "open"]
    if not scene.people.reviewers:
        owed = [need.task for need in needs if need.votes > 0]
        return [Tab(SHARED_TAB, fitting(sorted(owed, key=urgency.__getitem__)))]
    return [
        Tab(
            tab_title(scene.people.names[reviewer.worker]),
            fitting(
                sorted(
                    (one.task for one in waiting if one.worker == reviewer.worker),
                    key=urgency.__getitem__,
                )
            ),
        )
        for reviewer in scene.people.reviewers
    ]


def tab_title(email: str) -> str:
    """Name a reviewer's tab: by the address, since names repeat."""
    return f"{PREFIX}{email}"


def tab_path(project: int, tab: int) -> str:
    """Give where a tab is, below Label Studio's address."""
    return f"/projects/{project}/data?tab={tab}"
