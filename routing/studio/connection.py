"""The door to Label Studio: what is asked goes by one wire, and its errors are explained."""

from collections.abc import Iterator
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Self

import httpx
from label_studio_sdk.core.api_error import ApiError

from labeling.errors import SettingsError
from routing.studio.error_mapping import FAILURES, explain
from routing.studio.wire import Wire

if TYPE_CHECKING:
    from label_studio_sdk import LabelStudio


@dataclass(frozen=True, slots=True)
class Paging:
    """How much is read at a time, and from when on.

    Attributes:
        tasks: Tasks of a page, with all that depends on them.
        ids: Tasks of a page, by their ids alone.
        listed: Ids that one question may name: they travel in the address.
        predictions: Predictions of a project up to which all are listed in one answer.
        look_back: How far before the asked moment a pull begins. Label Studio takes `updated_at`
            when a request begins to write, and others see it only when that request's
            transaction ends.
        settling: For how long after its `updated_at` a task may go on changing without a newer
            one: whether it is labelled is put right a moment after an annotation is stored.
    """

    tasks: int = 500
    ids: int = 10_000
    listed: int = 200
    predictions: int = 100_000
    look_back: timedelta = timedelta(minutes=1)
    settling: timedelta = timedelta(seconds=10)


PAGING = Paging()


class Connection:
    """One Label Studio, and at most one project of it.

    Args:
        url: Its address, as a browser has it.
        api_key: A personal access token, which the SDK exchanges for short-lived ones and
            refreshes, or a legacy token.
        project_id: The project that the methods about a project mean.
        paging: How much is read at a time.
    """

    def __init__(
        self, url: str, api_key: str, project_id: int | None = None, paging: Paging = PAGING
    ) -> None:
        self.paging = paging
        self.url = url.rstrip("/")
        self._wire = Wire(self.url, api_key)
        self._project_id = project_id

    def beside(self, project_id: int) -> Self:
        """Return the door to another project of the same Label Studio, by the same wire."""
        other = copy(self)
        other._project_id = project_id
        return other

    @property
    def project_id(self) -> int:
        """The project.

        Raises:
            SettingsError: None was named.
        """
        if self._project_id is None:
            raise SettingsError(
                "No project is named", where="studio.project", hint="Set it to the project's id."
            )
        return self._project_id

    @property
    def answered_at(self) -> datetime | None:
        """When Label Studio last answered, by its own clock, to the second below; None: unknown."""
        return self._wire.answered_at

    @property
    def requests(self) -> int:
        """How many requests were made so far, by all doors that share the wire."""
        return self._wire.requests

    @contextmanager
    def asking(self) -> Iterator["LabelStudio"]:
        """Lend the SDK's client.

        Raises:
            StudioUnreachable: Nothing answers there, or something else than Label Studio does.
            StudioRefused: Label Studio says no.
        """
        try:
            yield self._wire.api
        except FAILURES as error:
            raise explain(error, self.url) from error

    def get_json(self, path: str, holding: str, **parameters: object) -> dict[str, Any]:
        """Read a JSON object as it is.

        What the SDK makes of it takes ten times as long as reading it, and is undone again.

        Args:
            path: Below Label Studio's address.
            holding: A name that the object has, if it is Label Studio's.
            parameters: What stands behind the question mark; None: left out.

        Returns:
            What Label Studio answers.

        Raises:
            StudioUnreachable: Nothing answers there, or something else than Label Studio does.
            StudioRefused: Label Studio says no.
        """
        with self.asking() as api:
            http = api._client_wrapper.httpx_client
            answer = http.request(path, method="GET", params=parameters)
            if not answer.is_success:
                raise ApiError(status_code=answer.status_code, body=_json(answer))
            found = answer.json()
            if not isinstance(found, dict) or holding not in found:
                raise ValueError(f"The answer holds no {holding}")
            return found

    @contextmanager
    def unless_gone(self) -> Iterator[None]:
        """Let pass that what is to be deleted is gone already."""
        try:
            yield
        except ApiError as error:
            if error.status_code != httpx.codes.NOT_FOUND:
                raise


def _json(answer: httpx.Response) -> Any:
    """Return what a refusal says; its text, where that is no JSON."""
    try:
        return answer.json()
    except ValueError:
        return answer.text
