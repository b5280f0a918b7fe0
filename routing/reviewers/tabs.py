"""Tabs: who is asked finds it in a tab of their own, where the edition cannot assign.

A tab's title begins with what matters to its reviewer: the page shows 17 characters of it.
"""

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from labeling.form.form import Form
from routing.ledger.converters import SOURCE
from routing.ledger.journal import Step
from routing.ledger.records import Write
from routing.reviewers.places import EVERYBODY, ReviewerPlace, reviewer_called
from routing.reviewers.users import People
from routing.studio.client import Studio
from routing.studio.id_filters import fitting, ranges_of
from routing.studio.models import StudioView
from routing.studio.views import DEFAULT_TITLE

MOST_DOUBTFUL_FIRST = ("tasks:predictions_score",)
"""There a person's answer changes most. The page of a project without predictions knows no such
order, and shows an error in place of the tab."""

OLDEST_FIRST = ("tasks:id",)

TELLING = ("tasks:id", f"tasks:data.{SOURCE}", "tasks:total_annotations")
"""Columns in which a control task differs from what it stands among."""

LABELLING = "&labeling=1"
"""Behind a tab's path: its label stream."""

SUFFIX = " · Tandem"
"""What the titles of Tandem's own tabs end with."""

KIND = "tab"

_WORDS = r"\d+ left|\d+ in (?:blind|main)|done|done for now|result"

_TITLE = re.compile(rf"(?P<owner>.+) · (?:{_WORDS}){re.escape(SUFFIX)}")


@dataclass(frozen=True, slots=True)
class Tab:
    """A tab as it should be: one per reviewer, or a shared one where no reviewer is named.

    Attributes:
        hidden: Columns that it does not show, beside those that no tab does.
    """

    worker: int
    title: str
    tasks: tuple[int, ...]
    ordering: tuple[str, ...]
    hidden: tuple[str, ...] = ()


def by_what_is_shown(form: Form) -> tuple[str, ...]:
    """Return the order that a tab has by its tasks' contents, which tells nothing of the tasks."""
    shown = next(iter(form.objects.values())).value.name
    field = re.split(r"[.\[]", shown)[0]
    return (f"tasks:data.{field}",)


def owner_of(title: str) -> str | None:
    """Return whose tab of Tandem's a title names; None: the tab is not Tandem's.

    >>> owner_of("Ann · 8 left · Tandem")
    'Ann'
    """
    found = _TITLE.fullmatch(title)
    return found["owner"] if found else None


def tab_title(place: ReviewerPlace, *, is_blind: bool, is_finished: bool) -> str:
    """Name a reviewer's tab by what waits for them here, else elsewhere.

    Args:
        place: What waits for them.
        is_blind: It is the blind project's tab.
        is_finished: Nothing is to come for anybody any more.
    """
    here, there = place.waiting, place.waiting_blind
    if is_blind:
        here, there = there, here
    if here:
        words = f"{here} left"
    elif there:
        words = f"{there} in {'main' if is_blind else 'blind'}"
    else:
        words = "done" if is_finished else "done for now"
    return f"{place.name} · {words}{SUFFIX}"


def training_tab_title(name: str, left: int, *, is_over: bool) -> str:
    """Name a reviewer's tab in a training project.

    >>> training_tab_title("Ann", 0, is_over=True)
    'Ann · result · Tandem'

    Args:
        name: What they are called.
        left: Items that wait for them.
        is_over: The tab tells them how it ended.
    """
    ending = "result" if is_over else "done for now"
    return f"{name} · {f'{left} left' if left else ending}{SUFFIX}"


def tabs_of(
    places: Sequence[ReviewerPlace],
    tasks: Mapping[int, Sequence[int]],
    *,
    is_blind: bool,
    is_finished: bool,
    ordering: tuple[str, ...] = OLDEST_FIRST,
    hidden: tuple[str, ...] = (),
) -> list[Tab]:
    """Return every tab of a project as it should be.

    Args:
        places: What waits for whom; where nobody is named, for everybody.
        tasks: The tasks that wait for each, by `worker`, the most urgent first.
        is_blind: It is the blind project.
        is_finished: Nothing is to come for anybody any more.
        ordering: The order in which a tab lists its tasks.
        hidden: Columns that a tab does not show, beside those that none does.

    Returns:
        One tab per place.
    """
    return [
        Tab(
            one.worker,
            tab_title(one, is_blind=is_blind, is_finished=is_finished),
            fitting(tasks.get(one.worker, ())),
            ordering,
            hidden,
        )
        for one in places
    ]


def own_tabs(views: Sequence[StudioView], people: People) -> dict[int, StudioView]:
    """Return the tab of each reviewer, as far as there is one.

    Args:
        views: The tabs of a project.
        people: Who reviews; where nobody is named, all share a tab.

    Returns:
        The tabs by user; the shared one as everybody's.
    """
    found: dict[int, StudioView] = {}
    for view in views:
        owner = owner_of(view.title)
        if owner is None:
            continue
        worker = reviewer_called(people, owner)
        if worker is None and not people.reviewers and owner == EVERYBODY.name:
            worker = EVERYBODY.worker
        if worker is not None:
            found.setdefault(worker, view)
    return found


def label_streams(studio: Studio, views: Sequence[StudioView], people: People) -> dict[int, str]:
    """Return the address at which each reviewer works in a project, by user.

    Args:
        studio: Label Studio, and the project.
        views: The project's tabs.
        people: Who reviews.
    """
    return {
        worker: f"{studio.url}{tab_path(studio.project_id, view.id)}{LABELLING}"
        for worker, view in own_tabs(views, people).items()
    }


def tab_path(project: int, tab: int) -> str:
    """Return where a tab is, below Label Studio's address.

    Args:
        project: Label Studio's id of the project.
        tab: The tab's.
    """
    return f"/projects/{project}/data?tab={tab}"


def steps(
    studio: Studio, views: Sequence[StudioView], tabs: Sequence[Tab], people: People, at: datetime
) -> Iterator[Step]:
    """Return the steps that bring the tabs of a project to what they should be.

    Whoever opens a project without saying which tab sees the first one. That is never Tandem's:
    where there is none but Tandem's, the one that Label Studio itself would have made comes first.

    Args:
        studio: Label Studio, and the project.
        views: The project's tabs as they are.
        tabs: Its tabs of Tandem's as they should be.
        people: Who reviews.
        at: The moment of planning.

    Yields:
        The steps; none where the tabs are so.
    """
    present = own_tabs(views, people)
    is_ours = [owner_of(one.title) is not None for one in views]
    if tabs and all(is_ours):
        yield _step("default", DEFAULT_TITLE, None, {}, at, studio.add_default_view)
    for tab in tabs:
        view = present.get(tab.worker)
        if view is None or not _is_as_wanted(view, tab):
            yield _saving(studio, tab, view, at)
    wanted = {present[tab.worker].id for tab in tabs if tab.worker in present}
    for view in views:
        if owner_of(view.title) is not None and view.id not in wanted:
            closing = partial(studio.delete_view, view.id)
            yield _step(f"{view.id}:closed", view.title, {"id": view.id}, None, at, closing)
    if any(is_ours) and tabs and is_ours[0]:
        yield _step("order", "others first", None, {}, at, partial(_others_first, studio))


def _is_as_wanted(view: StudioView, tab: Tab) -> bool:
    return (
        view.title == tab.title
        and view.ranges == ranges_of(tab.tasks)
        and view.ordering == tab.ordering
        and view.is_all_selected
    )


def _saving(studio: Studio, tab: Tab, view: StudioView | None, at: datetime) -> Step:
    """Return the step that makes a tab, or changes the one that is there."""
    digest = hashlib.sha256(repr(tab).encode()).hexdigest()[:16]
    before = {"title": view.title, "tasks": view.size} if view else None
    call = partial(
        studio.save_view,
        tab.title,
        tab.tasks,
        tab.ordering,
        view.id if view else None,
        hidden=tab.hidden,
    )
    return _step(digest, tab.title, before, {"tasks": len(tab.tasks)}, at, call)


def _step(
    key: str,
    target: str,
    before: Mapping[str, object] | None,
    after: Mapping[str, object] | None,
    at: datetime,
    call: Callable[[], object],
) -> Step:
    return Step([Write(f"{KIND}:{key}", KIND, target, before, after, at)], call)


def _others_first(studio: Studio) -> None:
    """Bring Tandem's tabs behind all others, whose order stays."""
    views = studio.views()
    studio.order_views(
        [one.id for one in sorted(views, key=lambda view: owner_of(view.title) is not None)]
    )
