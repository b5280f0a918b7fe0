"""Signatures of the one door to Label Studio; filled in right after."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from labeling.controls import Region  # noqa: F401
from routing.progress import Progress, silent
from routing.studio.records import (
    NewAnnotation,
    NewPrediction,
    StudioBackend,
    StudioProject,
    StudioTask,
    StudioUser,
    StudioVersion,
    StudioView,
    StudioWebhook,
)


class Studio:
    """One project of a Label Studio. Every method raises StudioUnreachable or StudioRefused."""

    def __init__(self, url: str, api_key: str, project_id: int | None = None) -> None: ...

    def version(self) -> StudioVersion:
        raise NotImplementedError

    def me(self) -> StudioUser:
        raise NotImplementedError

    def users(self) -> list[StudioUser]:
        raise NotImplementedError

    def create_user(
        self, email: str, password: str, first_name: str = "", last_name: str = ""
    ) -> StudioUser:
        """Idempotent: an existing address gives the existing user."""
        raise NotImplementedError

    def projects(self) -> list[StudioProject]:
        raise NotImplementedError

    def project(self) -> StudioProject:
        raise NotImplementedError

    def update_project(self, **changes: Any) -> None:
        raise NotImplementedError

    def create_project(self, title: str, label_config: str, instruction: str = "") -> StudioProject:
        raise NotImplementedError

    def tasks(
        self, updated_after: datetime | None = None, progress: Progress = silent
    ) -> Iterator[StudioTask]:
        raise NotImplementedError

    def task_ids(self) -> list[int]:
        raise NotImplementedError

    def import_tasks(self, data: Sequence[Mapping[str, Any]]) -> int:
        raise NotImplementedError

    def set_overlap(self, task: int, overlap: int) -> None:
        raise NotImplementedError

    def set_overlaps(self, overlaps: Mapping[int, int], progress: Progress = silent) -> None:
        """By task id; many at once."""
        raise NotImplementedError

    def import_predictions(self, items: Sequence[NewPrediction]) -> int:
        raise NotImplementedError

    def delete_predictions(self, ids: Sequence[int], progress: Progress = silent) -> None: ...

    def create_annotation(self, annotation: NewAnnotation) -> int | None:
        """None: one with its unique_id exists already."""
        raise NotImplementedError

    def create_annotations(
        self, annotations: Sequence[NewAnnotation], progress: Progress = silent
    ) -> list[int | None]:
        """Many, in order."""
        raise NotImplementedError

    def delete_annotation(self, annotation: int) -> None: ...

    def views(self) -> list[StudioView]:
        raise NotImplementedError

    def save_view(
        self,
        title: str,
        task_ids: Sequence[int],
        ordering: Sequence[str] = (),
        view_id: int | None = None,
    ) -> StudioView:
        raise NotImplementedError

    def delete_view(self, view: int) -> None: ...

    def backends(self) -> list[StudioBackend]:
        raise NotImplementedError

    def save_backend(
        self,
        url: str,
        title: str,
        user: str | None = None,
        password: str | None = None,
        backend_id: int | None = None,
    ) -> StudioBackend:
        raise NotImplementedError

    def delete_backend(self, backend: int) -> None: ...
    def webhooks(self) -> list[StudioWebhook]:
        raise NotImplementedError

    def save_webhook(self, url: str, headers: Mapping[str, str]) -> StudioWebhook:
        """Idempotent by URL: the hook that is there gets the headers."""
        raise NotImplementedError

    def assign(self, task_ids: Sequence[int], users: Sequence[int]) -> None:
        """Enterprise edition only."""
