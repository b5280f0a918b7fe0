"""The wire to Label Studio: the SDK's client, and what it tells of every answer."""

import re
import weakref
from collections.abc import Callable
from datetime import datetime
from email.utils import parsedate_to_datetime
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

import httpx

from routing.studio.error_mapping import refuse_detour

if TYPE_CHECKING:
    from label_studio_sdk import LabelStudio

TIMEOUT = httpx.Timeout(300.0, connect=5.0)
"""Seconds. Importing predictions answers only when all are stored, 1,500 a second."""


class Wire:
    """The SDK's client, shared by the doors to all projects of one Label Studio.

    Args:
        url: Its address, as a browser has it, without a slash at the end.
        api_key: See `Connection`.

    Attributes:
        answered_at: When Label Studio last answered, by its own clock, which tells whole seconds;
            None: it did not say.
        requests: How many requests it answered.
    """

    def __init__(self, url: str, api_key: str) -> None:
        self.answered_at: datetime | None = None
        self.requests = 0
        self._url = url
        self._api_key = api_key

    @cached_property
    def api(self) -> "LabelStudio":
        """The SDK's client."""
        # Half a second to import, which a command that finds a setting wrong need not.
        from label_studio_sdk import LabelStudio

        noting, refusing = partial(_note, weakref.ref(self)), partial(refuse_detour, self._url)
        hooks: list[Callable[..., Any]] = [noting, refusing]
        http = httpx.Client(timeout=TIMEOUT, follow_redirects=True, event_hooks={"response": hooks})
        weakref.finalize(self, http.close)
        return LabelStudio(  # type: ignore[no-untyped-call]
            # The slash keeps a path prefix alive when the SDK refreshes a token.
            base_url=f"{self._url}/",
            # What no header can carry is a wrong key like any other.
            api_key=self._api_key if re.fullmatch("[!-~]+", self._api_key) else "unusable",
            httpx_client=http,
            # The SDK would retry a 409, which here is an answer.
            max_retries=0,
        )


def _note(wire: weakref.ref[Wire], answer: httpx.Response) -> None:
    if (noting := wire()) is None:
        return
    noting.requests += 1
    try:
        noting.answered_at = parsedate_to_datetime(answer.headers["Date"])
    except (KeyError, ValueError):
        noting.answered_at = None
