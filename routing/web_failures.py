"""Why an address does not answer as it should, in words: TLS, redirects, names, proxies."""

import re
from dataclasses import dataclass

import httpx


@dataclass(frozen=True, slots=True)
class WebFailure:
    """What is wrong with an address, and what can be done.

    Attributes:
        what: The cause, as the end of a sentence after who does not answer.
        hint: What to do; None: nothing but what suits every cause.
    """

    what: str
    hint: str | None = None


def failure_of(error: httpx.HTTPError | httpx.InvalidURL, setting: str) -> WebFailure:
    """Tell why nothing answered.

    Args:
        error: What httpx raised.
        setting: The setting that holds the address.

    Returns:
        The failure.
    """
    reason = re.sub(r"^\[(Errno|SSL)[^\]]*\] |\s*\(_ssl\.c:\d+\)", "", str(error))
    reason = reason or type(error).__name__
    if "CERTIFICATE_VERIFY_FAILED" in str(error):
        return _of_certificate(reason.removeprefix("certificate verify failed: "), setting)
    if "[SSL" in str(error):
        return WebFailure(
            f"no https is spoken there ({reason})",
            f"Begin {setting} with http:// instead of https://, or name the port that speaks it.",
        )
    return WebFailure(reason)


def _of_certificate(reason: str, setting: str) -> WebFailure:
    if "ostname mismatch" in reason or "IP address mismatch" in reason:
        return WebFailure(
            f"its certificate is for another name ({reason})",
            f"Set {setting} to the name that the certificate is for.",
        )
    if "expired" in reason:
        return WebFailure(f"its certificate has expired ({reason})", "Have it renewed.")
    return WebFailure(
        f"its certificate is not trusted ({reason})",
        "Set SSL_CERT_FILE to a PEM file of that certificate, or of the authority that signed it.",
    )


def address_led_to(answer: httpx.Response, base: str) -> str | None:
    """Return the address that a redirect leads to in place of ours.

    Args:
        answer: The server's answer.
        base: The address that was set.

    Returns:
        The address without the path that was asked for; None where the answer is no redirect, or
        one within the same server.
    """
    request = answer.request.url
    if not answer.has_redirect_location:
        return None
    target = request.join(answer.headers["Location"])
    if (target.scheme, target.host, target.port) == (request.scheme, request.host, request.port):
        return None
    asked = request.path.removeprefix(httpx.URL(base).path.rstrip("/"))
    bare = target.copy_with(query=None, fragment=None)
    if not target.path.endswith(asked):
        return str(bare)
    return str(bare.copy_with(path=target.path.removesuffix(asked) or "/")).rstrip("/")


def leads_elsewhere(address: str, base: str, setting: str) -> WebFailure:
    """Tell what a redirect to another server means.

    Args:
        address: Where it leads.
        base: The address that was set.
        setting: The setting that holds it.

    Returns:
        The failure.
    """
    is_secured = base.startswith("http://") and address.startswith("https://")
    same_host = httpx.URL(address).host == httpx.URL(base).host
    if is_secured and same_host:
        return WebFailure("it wants https", f"Set {setting} to {address}.")
    return WebFailure(
        f"it leads on to {address}",
        f"Set {setting} to that address; if it is a login page, to one without.",
    )
