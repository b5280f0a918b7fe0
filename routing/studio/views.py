"""Tabs of the Data Manager: a list of tasks in an order, one a reviewer."""

from collections.abc import Sequence
from typing import Any

from routing.studio.connection import Connection
from routing.studio.id_filters import encode
from routing.studio.models import StudioView
from routing.studio.reading import plain, view_of

HIDDEN_COLUMNS = [
    f"tasks:{name}"
    for name in (
        "inner_id",
        "completed_at",
        "cancelled_annotations",
        "total_predictions",
        "annotators",
        "annotations_results",
        "annotations_ids",
        "predictions_results",
        "file_upload",
        "storage_filename",
        "created_at",
        "updated_at",
        "updated_by",
        "avg_lead_time",
        "draft_exists",
    )
]
"""Columns that would push the text off a reviewer's page."""

DEFAULT_TITLE = "Default"
"""What Label Studio's page calls the tab that it makes by itself."""


class Views(Connection):
    """The part of `Studio` that is about tabs.

    A tab's label stream hands out what its filter lists, in its ordering, less the tasks that
    are labelled (`is_labeled`) and those that the user answered or skipped. A browser in which
    somebody once clicked *Label All Tasks* leaves filter and ordering out of every stream from then
    on, but where all rows of the tab are ticked: so they are, in the tabs that are saved here.
    Every member sees and can change every tab.
    """

    def views(self) -> list[StudioView]:
        """List the project's tabs, from the left to the right."""
        with self.asking() as api:
            return [view_of(plain(one)) for one in api.views.list(project=self.project_id)]

    def save_view(
        self,
        title: str,
        task_ids: Sequence[int],
        ordering: Sequence[str] = (),
        view_id: int | None = None,
        *,
        hidden: Sequence[str] = (),
    ) -> StudioView:
        """Create a tab, or replace what one shows, which keeps its id and so its address.

        Args:
            title: What stands on the tab.
            task_ids: The tasks that it lists, the most urgent first; none is an empty tab. Of more
                than `id_filters.MOST_RANGES` that lie apart, only the first are listed.
            ordering: Columns such as `tasks:predictions_score`, lowest first; `-` reverses. Of a
                tab that has one, another one may be set, and none may not.
            view_id: The tab to replace; None: a new one.
            hidden: Columns that it does not show, such as `tasks:data.why`, beside
                `HIDDEN_COLUMNS`.

        Returns:
            The tab.
        """
        columns = [*HIDDEN_COLUMNS, *hidden]
        data: Any = {
            "title": title,
            "type": "list",
            "filters": encode(task_ids),
            "hiddenColumns": {"explore": columns, "labeling": columns},
            "ordering": list(ordering),
            "selected": {"all": True},
        }
        with self.asking() as api:
            if view_id is None:
                return view_of(plain(api.views.create(project=self.project_id, data=data)))
            return view_of(
                plain(api.views.update(id=str(view_id), project=self.project_id, data=data))
            )

    def add_default_view(self) -> StudioView:
        """Create the tab of all tasks that the page makes when a project is first opened."""
        data: Any = {
            "title": DEFAULT_TITLE,
            "type": "list",
            "target": "tasks",
            "filters": {"conjunction": "and", "items": []},
            "hiddenColumns": {"explore": HIDDEN_COLUMNS, "labeling": HIDDEN_COLUMNS},
        }
        with self.asking() as api:
            return view_of(plain(api.views.create(project=self.project_id, data=data)))

    def order_views(self, views: Sequence[int]) -> None:
        """Put tabs into an order, from the left to the right."""
        with self.asking() as api:
            api.views.update_order(project=self.project_id, ids=list(views))

    def delete_view(self, view: int) -> None:
        """Delete a tab; one that is gone already is no fault."""
        with self.asking() as api, self.unless_gone():
            api.views.delete(id=str(view))
