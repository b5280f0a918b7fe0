"""What Label Studio's failures mean, with a hint at what to do."""

import re
from typing import Any

import httpx
from label_studio_sdk.core.api_error import ApiError
from label_studio_sdk.core.parse_error import ParsingError

from labeling.errors import StudioRefused, StudioUnreachable
from routing.web_failures import address_led_to, failure_of, leads_elsewhere

FAILURES = (httpx.HTTPError, httpx.InvalidURL, ApiError, ParsingError, ValueError)
"""What the SDK raises; ValueError where a body that should be JSON is not."""

_SETTING = "studio.url (LABEL_STUDIO_URL)"
_ADDRESS = f"et {_SETTING} to the address that a browser has it at."
"""What to do where the address is wrong; the first letter depends on what stands before."""

_TOO_LARGE, _TOO_MANY = 413, 429
_GATEWAY = (502, 503, 504)


def explain(error: Exception, url: str) -> StudioRefused | StudioUnreachable:
    """Turn one of FAILURES into an error for people. It never holds a token or a text.

    Args:
        error: What the SDK raised.
        url: Label Studio's address.

    Returns:
        The error to raise instead.
    """
    if isinstance(error, ApiError):
        return _of_status(error.status_code or 0, _detail(error.body), url)
    if isinstance(error, httpx.TimeoutException) and not isinstance(error, httpx.ConnectTimeout):
        return StudioUnreachable(
            "Label Studio did not answer in time", where=url, hint="See whether it is overloaded."
        )
    if isinstance(error, httpx.HTTPError | httpx.InvalidURL):
        failure = failure_of(error, _SETTING)
        return StudioUnreachable(
            f"Label Studio does not answer: {failure.what}",
            where=url,
            hint=failure.hint or f"Start it, or s{_ADDRESS}",
        )
    return not_label_studio(url)


def refuse_detour(url: str, answer: httpx.Response) -> None:
    """Refuse to be led to another server: what is sent there would arrive as a question.

    Args:
        url: Label Studio's address.
        answer: What came.

    Raises:
        StudioUnreachable: The answer leads elsewhere, as from http to https.
    """
    address = address_led_to(answer, url)
    if address is not None:
        failure = leads_elsewhere(address, url, _SETTING)
        raise StudioUnreachable(
            f"Label Studio does not answer: {failure.what}", where=url, hint=failure.hint
        )


def not_label_studio(url: str) -> StudioUnreachable:
    """Return the error that something else answers at the address."""
    return StudioUnreachable(
        "What answers there is not Label Studio", where=url, hint=f"S{_ADDRESS}"
    )


def _of_status(status: int, detail: str | None, url: str) -> StudioRefused | StudioUnreachable:
    if detail and detail.startswith("Can't resolve hostname"):
        return StudioRefused(
            f"Label Studio cannot resolve the address: {detail}",
            where=url,
            hint="Set backend.url_for_studio to an address that Label Studio's machine knows.",
        )
    if detail is None and (told := _of_proxy(status, url)):
        return told
    if status >= 500:
        return StudioUnreachable(
            f"Label Studio failed with status {status}{_after_colon(detail)}",
            where=url,
            hint="Its own log says why.",
        )
    if detail is None:
        return not_label_studio(url)
    if status == 401:
        return _of_token(detail, url)
    if status == 403 and "reserved network address" in detail:
        return StudioRefused(
            "Label Studio's SSRF protection blocks this address",
            where=url,
            hint="Start Label Studio with ML_BLOCK_LOCAL_IP=false and"
            " SSRF_PROTECTION_ENABLED=false.",
        )
    if status == 403 and "URL was not allowed" in detail:
        return StudioRefused(
            "Label Studio calls no such address, since it is not one of http or https",
            where=url,
            hint="Begin backend.url_for_studio (or backend.url) with http:// or https://.",
        )
    if status == 403:
        return StudioRefused(
            f"This user has no permission for that: {detail}",
            where=url,
            hint="Use the key of a user who may, such as the project's owner.",
        )
    if status == 404:
        return StudioRefused(
            f"Label Studio no longer has that, or not for this user: {detail}",
            where=url,
            hint="Look whether it was deleted, and set studio.project to a project that is there.",
        )
    if status == 400 and detail.startswith("Validation error: Can't connect to ML backend"):
        return StudioUnreachable(
            "Label Studio does not reach the ML backend",
            where=url,
            hint="Set backend.url_for_studio to the address by which Label Studio's machine"
            " reaches it.",
        )
    if status == 400 and "Enter a valid URL" in detail:
        return StudioRefused(
            "Label Studio takes no webhook to such an address, as of a host without a dot",
            where=url,
            hint="Give the backend's host a name with a dot, such as backend.internal, and set"
            " backend.url_for_studio to it.",
        )
    return StudioRefused(f"Label Studio refused with status {status}: {detail}", where=url)


def _of_proxy(status: int, url: str) -> StudioRefused | StudioUnreachable | None:
    """Tell what an answer means that is not in Label Studio's form, as a proxy's page."""
    if status in _GATEWAY:
        return StudioUnreachable(
            f"A proxy answers with status {status} in place of Label Studio",
            where=url,
            hint="See whether Label Studio runs, and where the proxy leads.",
        )
    if status == _TOO_MANY:
        return StudioUnreachable(
            "A proxy in front of Label Studio takes no more requests for now",
            where=url,
            hint="Raise its limit (limit_req of nginx) for this machine, or wait.",
        )
    if status == _TOO_LARGE:
        return StudioRefused(
            "A proxy in front of Label Studio takes no request of this size",
            where=url,
            hint="Raise its limit (client_max_body_size of nginx), or set studio.url to an"
            " address behind it.",
        )
    if status in (401, 403, 407):
        return StudioRefused(
            f"Something in front of Label Studio refuses with status {status}",
            where=url,
            hint="Set studio.url to an address that needs no other login.",
        )
    return None


def _of_token(detail: str, url: str) -> StudioRefused:
    if "legacy token" in detail:
        return StudioRefused(
            "The API key is a legacy token, and legacy tokens are off",
            where=url,
            hint="Make a personal access token under Account & Settings, or let an administrator"
            " turn legacy tokens on under Organization, API Tokens Settings"
            " (POST /api/jwt/settings).",
        )
    return StudioRefused(
        f"Label Studio does not know the API key: {detail}",
        where=url,
        hint="Copy a personal access token from Account & Settings into LABEL_STUDIO_API_KEY.",
    )


def _detail(body: Any) -> str | None:
    """What Label Studio's JSON errors say; None where the body is not of its form."""
    if not isinstance(body, dict) or not body.get("detail"):
        return None
    told = str(body["detail"])
    for problems in (body.get("validation_errors") or {}).values():
        listed = problems if isinstance(problems, list) else [problems]
        # Of a refused import the first is an empty dict, and only the second says why.
        told += f": {next((one for one in listed if one), '')}"
    return _without_texts(" ".join(told.split()))[:300]


def _without_texts(told: str) -> str:
    """Return what is said of a task without what the task holds.

    >>> _without_texts("data['a']=None is of type 'NoneType' [assume: item] :: {'a': None}")
    "data['a'] is of type 'NoneType'"
    """
    told = re.sub(r"(data\['[^']*'\])=.*? (is of type ')", r"\1 \2", told)
    return told.partition(" [assume: ")[0]


def _after_colon(detail: str | None) -> str:
    return f": {detail}" if detail else ""
