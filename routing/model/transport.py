"""How requests reach the ML backend, when they are repeated, and what a failed one means."""

import ssl
import time
from functools import cached_property
from typing import Any, TypeVar
from uuid import uuid4

import httpx
from pydantic import BaseModel, ValidationError

from labeling.errors import BackendUnreachable
from labeling.logs.request_id import HEADER
from labeling.protocol.body import Body, ErrorResponse
from labeling.studio_path import path_of, without_studio
from routing.web_failures import WebFailure, address_led_to, failure_of, leads_elsewhere

WORKING = httpx.Timeout(600.0, connect=5.0)
"""Seconds for what the model does: a fit, or a chunk on a slow machine, takes minutes."""

ANSWERING = httpx.Timeout(15.0, connect=5.0)
"""Seconds for what the backend answers without its model."""

LOADING_SECONDS = 600.0
"""How long to go on asking a backend that says that its model is loading, or busy."""

LONGEST_WAIT = 60.0
"""Seconds after which it is asked again, however much longer it asks for."""

ResponseT = TypeVar("ResponseT", bound=Body)


class BackendTransport:
    """Requests to one ML backend.

    Args:
        url: How the controller reaches it.
        credentials: User and password of Basic auth; None: no auth.
        studio_url: The address of the Label Studio whose projects it is asked about; None: the
            backend knows projects by their numbers alone.

    Attributes:
        request_id: What all requests are sent under, as `X-Request-ID`, so that the backend's log
            tells whose they were; a pass sets its own.
        requests: How many requests were made.
    """

    def __init__(
        self,
        url: str,
        credentials: tuple[str, str] | None = None,
        studio_url: str | None = None,
    ) -> None:
        self.url = url.rstrip("/")
        self.request_id = uuid4().hex
        self.requests = 0
        self._auth = credentials
        self._base = self.url + (path_of(studio_url) if studio_url else "")

    def _ask(self, path: str, body: Body, response: type[ResponseT]) -> ResponseT:
        """Ask the model, again while it loads or is busy."""
        return self._read(response, self._answer_of(path, body))

    def _answer_of(self, path: str, body: Body) -> httpx.Response:
        """Return what the model answers, be it an error, once it neither loads nor is busy."""
        deadline = time.monotonic() + LOADING_SECONDS
        while True:
            answer = self._request("POST", path, WORKING, json=json_of(body))
            if answer.status_code != httpx.codes.SERVICE_UNAVAILABLE:
                return answer
            wait = _retry_after(answer)
            if time.monotonic() + wait > deadline:
                raise BackendUnreachable(
                    f"The backend's model is still loading or busy after {LOADING_SECONDS:.0f} s",
                    where=self.url,
                    hint="Its log and GET /health say what it is doing.",
                )
            time.sleep(wait)

    def _request(
        self, method: str, path: str, timeout: httpx.Timeout, **request: Any
    ) -> httpx.Response:
        self.requests += 1
        try:
            answer = httpx.request(
                method,
                f"{self._base}{path}",
                auth=self._auth,
                timeout=timeout,
                verify=self._tls,
                headers={HEADER: self.request_id},
                **request,
            )
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise self._absent(failure_of(error, "backend.url")) from error
        if address := address_led_to(answer, self._base):
            raise self._absent(leads_elsewhere(without_studio(address), self.url, "backend.url"))
        return answer

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        """What TLS is checked by; reading all authorities takes longer than a short request."""
        return httpx.create_ssl_context()

    def _absent(self, failure: WebFailure) -> BackendUnreachable:
        return BackendUnreachable(
            f"The ML backend does not answer: {failure.what}",
            where=self.url,
            hint=failure.hint or "Start it with `tandem serve`, or set backend.url to its address.",
        )

    def _require_success(self, answer: httpx.Response) -> None:
        if answer.status_code == httpx.codes.UNAUTHORIZED:
            raise BackendUnreachable(
                "The ML backend refuses the credentials",
                where=self.url,
                hint="Set BASIC_AUTH_USER and BASIC_AUTH_PASS as the backend has them.",
            )
        if answer.status_code == httpx.codes.NOT_FOUND:
            raise self._unlike("it answers that it has no such page")
        if answer.is_error:
            raise BackendUnreachable(
                f"The ML backend answers with an error: {error_of(answer)}", where=self.url
            )

    def _read(self, response: type[ResponseT], answer: httpx.Response) -> ResponseT:
        self._require_success(answer)
        try:
            return response.model_validate_json(answer.content)
        except ValidationError as error:
            first = error.errors(include_input=False, include_url=False)[0]
            place = ".".join(map(str, first["loc"]))
            raise self._unlike(f"{place}: {first['msg']}" if place else "no JSON object") from error

    def _unlike(self, what: str) -> BackendUnreachable:
        return BackendUnreachable(
            f"What answers there is not Tandem's ML backend: {what}",
            where=self.url,
            hint="Set backend.url to the address of `tandem serve`.",
        )


def _retry_after(answer: httpx.Response) -> float:
    stated = answer.headers.get("Retry-After", "")
    return min(float(stated), LONGEST_WAIT) if stated.isdigit() else 1.0


def json_of(body: BaseModel) -> dict[str, Any]:
    """Write a body as JSON's types."""
    return body.model_dump(mode="json", by_alias=True)


def error_of(answer: httpx.Response) -> str:
    """Return what an answer says is wrong; its status where it says nothing."""
    try:
        return ErrorResponse.model_validate_json(answer.content).error
    except ValidationError:
        return str(answer.status_code)
