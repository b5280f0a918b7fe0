"""The wire to Label Studio: the SDK's client, its errors explained, with a hint."""

import re
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, Self

import httpx
from label_studio_sdk.core.api_error import ApiError

from labeling.errors import SettingsError
from routing.studio.error_mapping import FAILURES, explain, refuse_detour

if TYPE_CHECKING:
    from label_studio_sdk import LabelStudio

TIMEOUT = httpx.Timeout(300.0, connect=5.0)
"""Seconds. Importing predictions answers only when all are stored, 1,500 a second."""


@dataclass(frozen=True, slots=True)
class Paging:
    """How much is read at a time, and from when on.

    Attributes:
        tasks: Tasks of a page, with all that depends on them.
        ids: Tasks of a page, by their ids alone.
        listed: Ids that one question may name: they travel in the address.
        look_back: How far before the asked moment a pull begins. Label Studio takes `updated_at`
            when a request begins to write, and others see it only when that request's
            transaction ends.
    """

    tasks: int = 500
    ids: int = 10_000
    listed: int = 200
    look_back: timedelta = timedelta(minutes=1)


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
        self._api_key = api_key
        self._project_id = project_id

    def beside(self, project_id: int) -> Self:
        """Return the door to another project of the same Label Studio."""
        return type(self)(self.url, self._api_key, project_id, self.paging)

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

    @cached_property
    def api(self) -> "LabelStudio":
        """The SDK's client; to be used inside `asking`, where its errors are explained."""
        # Half a second to import, which a command that finds a setting wrong need not.
        from label_studio_sdk import LabelStudio

        hooks: list[Callable[..., Any]] = [partial(refuse_detour, self.url)]
        http = httpx.Client(timeout=TIMEOUT, follow_redirects=True, event_hooks={"response": hooks})
        weakref.finalize(self, http.close)
        return LabelStudio(  # type: ignore[no-untyped-call]
            # The slash keeps a path prefix alive when the SDK refreshes a token.
            base_url=f"{self.url}/",
            # What no header can carry is a wrong key like any other.
            api_key=self._api_key if re.fullmatch("[!-~]+", self._api_key) else "unusable",
            httpx_client=http,
            # The SDK would retry a 409, which here is an answer.
            max_retries=0,
        )

    @contextmanager
    def asking(self) -> Iterator["LabelStudio"]:
        """Lend the client.

        Raises:
            StudioUnreachable: Nothing answers there, or something else than Label Studio does.
            StudioRefused: Label Studio says no.
        """
        try:
            yield self.api
        except FAILURES as error:
            raise explain(error, self.url) from error

    @contextmanager
    def unless_gone(self) -> Iterator[None]:
        """Let pass that what is to be deleted is gone already."""
        try:
            yield
        except ApiError as error:
            if error.status_code != httpx.codes.NOT_FOUND:
                raise
