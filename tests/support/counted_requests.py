"""Requests counted by what they ask: `PATCH /api/tasks/N/`, whatever the number."""

import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest


@contextmanager
def counted_requests(host: str) -> Iterator[Counter[str]]:
    """Count the requests that this process sends to a server.

    Args:
        host: Its address.

    Yields:
        The counter, which fills.
    """
    counter: Counter[str] = Counter()
    plainly = httpx.Client.send

    def send(self: httpx.Client, request: httpx.Request, **options: Any) -> httpx.Response:
        if str(request.url).startswith(host):
            counter[f"{request.method} {re.sub('[0-9]+', 'N', request.url.path)}"] += 1
        return plainly(self, request, **options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(httpx.Client, "send", send)
        yield counter
