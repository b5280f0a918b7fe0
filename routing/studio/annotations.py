"""Annotations: stored once, in a user's name."""

from collections.abc import Sequence

from label_studio_sdk.actions import PrepareParamsRequestRequestSelectedItemsIncluded
from label_studio_sdk.core.api_error import ApiError

from routing.progress import Progress, silent
from routing.studio.concurrency import concurrently
from routing.studio.connection import Connection
from routing.studio.models import NewAnnotation
from routing.studio.reading import plain

CONFLICT = 409


class Annotations(Connection):
    """The part of `Studio` that is about annotations."""

    def create_annotation(self, annotation: NewAnnotation) -> int | None:
        """Store an annotation; gives its id, or None where one with its `unique_id` is there.

        The `unique_id` is unique over the whole Label Studio, whatever the task.
        """
        with self.asking() as api:
            try:
                created = api.annotations.create(
                    id=annotation.task,
                    result=list(annotation.result),
                    completed_by=annotation.completed_by,
                    unique_id=annotation.unique_id,
                    parent_prediction=annotation.parent_prediction,
                    lead_time=annotation.lead_time,
                    ground_truth=annotation.ground_truth,
                )
            except ApiError as error:
                if error.status_code == CONFLICT:
                    return None
                raise
        return int(plain(created)["id"])

    def create_annotations(
        self, annotations: Sequence[NewAnnotation], progress: Progress = silent
    ) -> list[int | None]:
        """Store many; what `create_annotation` gives for each, in order; about 20 a second.

        Args:
            annotations: The annotations.
            progress: Told how far it is.

        Returns:
            Their ids, in order.
        """
        return concurrently(self.create_annotation, annotations, "Annotations", progress)

    def delete_annotations_of(self, user: int, tasks: Sequence[int]) -> None:
        """Delete all annotations and drafts of one user on some tasks, in bulk.

        Args:
            user: The user; what is another's stays.
            tasks: The tasks.
        """
        with self.asking() as api:
            api.actions.create(
                id="delete_tasks_annotations",
                project=self.project_id,
                selected_items=PrepareParamsRequestRequestSelectedItemsIncluded.model_validate(
                    {"all": False, "included": list(tasks)}
                ),
                request_options={"additional_body_parameters": {"annotator": user}},
            )

    def delete_annotations(self, ids: Sequence[int], progress: Progress = silent) -> None:
        """Delete annotations, one after the other; what is gone already is no fault.

        Args:
            ids: The annotations.
            progress: Told how far it is.
        """
        for done, annotation in enumerate(ids, start=1):
            with self.asking() as api, self.unless_gone():
                api.annotations.delete(id=annotation)
            progress("Deleting annotations", done, len(ids))
