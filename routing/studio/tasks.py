"""Tasks: read as they changed, imported, and given to more or fewer people."""

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Literal

from label_studio_sdk.types.import_api_request import ImportApiRequest

from routing.progress import Progress, silent
from routing.studio.concurrency import concurrently
from routing.studio.connection import Connection
from routing.studio.models import StudioTask, TaskOverlap
from routing.studio.reading import annotation_of, moment, plain, task_of

IMPORT_CHUNK = 1_000
WHOLE = ",".join(
    (
        *("id", "data", "overlap", "is_labeled", "updated_at", "inner_id", "meta"),
        *("annotations", "task", "completed_by", "updated_by", "result", "was_cancelled"),
        *("lead_time", "created_at", "parent_prediction", "unique_id", "ground_truth"),
        *("predictions", "model_version", "score"),
    )
)
"""All that Tandem reads of a task and, as Label Studio has them by the same list, of what hangs on
it. Drafts and the Data Manager's columns would cost it more than all of these."""


class Tasks(Connection):
    """The part of `Studio` that is about tasks."""

    def tasks(self, progress: Progress = silent) -> Iterator[StudioTask]:
        """Read all the project's tasks with annotations and predictions, by ascending id.

        Args:
            progress: Told after every page.

        Yields:
            Tasks, with all that depends on them.
        """
        done = 0
        for page, total in self._pages([], self.paging.tasks, "all", WHOLE):
            done += len(page)
            progress("Reading Label Studio", done, total)
            yield from (task_of(one) for one in page)

    def tasks_of(self, ids: Sequence[int], progress: Progress = silent) -> Iterator[StudioTask]:
        """Read some tasks with annotations and predictions; one that is gone is left out.

        Args:
            ids: The tasks.
            progress: Told after every page.

        Yields:
            Tasks, with all that depends on them, in the order of the ids.
        """
        size = self.paging.listed
        for start in range(0, len(ids), size):
            among = _condition("id", "in_list", "List", list(ids[start : start + size]))
            for page, _ in self._pages([among], self.paging.tasks, "all", WHOLE):
                progress("Reading Label Studio", start + len(page), len(ids))
                yield from (task_of(one) for one in page)

    def changed_since(self, at: datetime) -> dict[int, datetime]:
        """Return when each task that changed since a moment did so, by id; 4,000 a second.

        Label Studio moves a task's `updated_at` when an annotation of it is created, changed,
        skipped or deleted, when its overlap or data change, and when one prediction is deleted
        by itself. It does not move it when predictions are imported or deleted in bulk, and a
        deleted task is simply gone: `project()`'s counters of tasks and predictions show both.

        Args:
            at: The moment; what changed up to `paging.look_back` before it is told again.
        """
        since = _since(at - self.paging.look_back)
        pages = self._pages([since], self.paging.ids, "task_only", "id,updated_at")
        return {one["id"]: moment(one["updated_at"]) for page, _ in pages for one in page}

    def task_ids(self) -> list[int]:
        """List the ids of all the project's tasks, ascending; 4,000 a second."""
        pages = self._pages([], self.paging.ids, "task_only", "id")
        return [one["id"] for page, _ in pages for one in page]

    def shown_data_of(self, ids: Sequence[int]) -> dict[int, dict[str, Any]]:
        """Read what the page is given of some tasks, by id; one that is gone is left out.

        What lies in a storage that the project is connected to, such as `s3://letters/1.txt`, is
        the address at which Label Studio fetches it, for whoever may see this project. No model is
        asked, which opening a task without a prediction would do.
        """
        data: dict[int, dict[str, Any]] = {}
        listed = self.paging.listed
        for start in range(0, len(ids), listed):
            among = _condition("id", "in_list", "List", list(ids[start : start + listed]))
            pages = self._pages(
                [among], self.paging.tasks, "task_only", "id,data", resolve_uri=True
            )
            for page, _ in pages:
                data.update((one["id"], one["data"]) for one in page)
        return data

    def tasks_with_drafts(self) -> list[int]:
        """List the tasks that somebody has begun to answer, or to change an answer of, by id."""
        begun = _condition("draft_exists", "equal", "Boolean", "true")
        pages = self._pages([begun], self.paging.ids, "task_only", "id")
        return [one["id"] for page, _ in pages for one in page]

    def is_predicted(self, model_version: str) -> bool:
        """Return whether any task holds a prediction of a version."""
        holding = _condition("predictions_model_versions", "contains", "List", [model_version])
        return any(page for page, _ in self._pages([holding], 1, "task_only", "id"))

    def import_tasks(self, data: Sequence[Mapping[str, Any]]) -> int:
        """Create a task from each `data`; gives how many were created."""
        created = 0
        for start in range(0, len(data), IMPORT_CHUNK):
            chunk = [ImportApiRequest(data=dict(one)) for one in data[start : start + IMPORT_CHUNK]]
            with self.asking() as api:
                answer = api.projects.import_tasks(id=self.project_id, request=chunk)
            created += answer.task_count or 0
        return created

    def delete_tasks(self, ids: Sequence[int]) -> None:
        """Delete tasks with all that hangs on them, one by one; one that is gone is no fault."""
        for task in ids:
            with self.asking() as api, self.unless_gone():
                api.tasks.delete(id=str(task))

    def overlaps(self) -> dict[int, TaskOverlap]:
        """Read for how many people each of the project's tasks is; 10,000 a request."""
        pages = self._pages([], self.paging.ids, "task_only", "id,overlap,is_labeled")
        return {
            one["id"]: TaskOverlap(one["overlap"], one["is_labeled"])
            for page, _ in pages
            for one in page
        }

    def set_overlap(self, task: int, overlap: int, *, is_finished: bool = False) -> None:
        """Set how many people the task is meant for, and with it whether it is labelled.

        Label Studio does not look whether a new overlap makes the task labelled or unlabelled, and
        a labelled one is in nobody's stream, so both are told at once. One that as many people
        answered meanwhile is labelled all the same, as Label Studio itself has it.

        Args:
            task: The task.
            overlap: People, at least 1.
            is_finished: It is labelled, however few answered.
        """
        with self.asking() as api:
            answer = plain(api.tasks.update(id=str(task), overlap=overlap, is_labeled=is_finished))
            annotations = [annotation_of(one) for one in answer["annotations"]]
            people = {one.completed_by for one in annotations if not one.was_cancelled}
            if not is_finished and len(people) >= overlap:
                api.tasks.update(id=str(task), is_labeled=True)

    def set_common_overlap(self, overlap: int) -> None:
        """Set how many people every task of the project is meant for, also those to be imported.

        Label Studio looks by itself which tasks are labelled then, and moves no `updated_at`. It
        leaves tasks for one person as they are, where others are for more, but for an overlap of 1;
        and all, where the project's overlap is the same already.

        Args:
            overlap: People, at least 1.
        """
        with self.asking() as api:
            api.projects.update(id=self.project_id, maximum_annotations=overlap)

    def set_overlaps(
        self,
        overlaps: Mapping[int, int],
        finished: Collection[int] = (),
        progress: Progress = silent,
    ) -> None:
        """Set the overlap of many tasks, by id, with a request each; about 20 a second.

        Args:
            overlaps: People, by task.
            finished: The tasks among them that are labelled, however few answered.
            progress: Told how far it is.
        """
        concurrently(
            lambda pair: self.set_overlap(*pair, is_finished=pair[0] in finished),
            list(overlaps.items()),
            "Overlap",
            progress,
        )

    def _pages(
        self,
        filters: Sequence[Mapping[str, Any]],
        size: int,
        fields: Literal["all", "task_only"],
        include: str | None = None,
        *,
        resolve_uri: bool = False,
    ) -> Iterator[tuple[list[dict[str, Any]], int]]:
        """Page by id, since page numbers skip a task for each one deleted meanwhile.

        Yields:
            A page, and how many tasks there were to read when the first page was read.
        """
        last, total = 0, None
        while True:
            items = [*filters, _condition("id", "greater", "Number", last)]
            query = {
                "filters": {"conjunction": "and", "items": items},
                "ordering": ["tasks:id"],
            }
            answer = self.get_json(
                "api/tasks/",
                "tasks",
                project=self.project_id,
                fields=fields,
                include=include,
                page_size=size,
                resolve_uri=resolve_uri,
                query=json.dumps(query),
            )
            page = answer["tasks"]
            total = answer["total"] if total is None else total
            if page:
                yield page, total
            if len(page) < size:
                return
            last = page[-1]["id"]


def _since(moment: datetime) -> dict[str, Any]:
    # The one form that Label Studio reads: UTC, microseconds, and a literal Z.
    value = moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    return _condition("updated_at", "greater_or_equal", "Datetime", value)


def _condition(column: str, operator: str, kind: str, value: object) -> dict[str, Any]:
    return {"filter": f"filter:tasks:{column}", "operator": operator, "type": kind, "value": value}
