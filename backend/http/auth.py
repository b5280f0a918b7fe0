"""Basic auth for the service: all routes but `/health`, which Label Studio asks without it."""

import hmac
from collections.abc import Callable

from flask import Response, jsonify, request

from labeling.settings.backend_section import BackendSettings

_OPEN = ("/health", "/")


def guard(settings: BackendSettings) -> Callable[[], Response | None]:
    """Make the check that runs before each request; it lets all pass where no user is set."""
    user = settings.user
    password = settings.password.get_secret_value() if settings.password else ""

    def check() -> Response | None:
        if user is None or request.path in _OPEN:
            return None
        given = request.authorization
        if given is not None and given.type == "basic":
            is_user = _equal(given.username or "", user)
            is_password = _equal(given.password or "", password)
            if is_user and is_password:
                return None
        refusal = jsonify(error="Wrong or missing credentials: send Basic auth.")
        refusal.status_code = 401
        refusal.headers["WWW-Authenticate"] = 'Basic realm="tandem"'
        return refusal

    return check


def _equal(given: str, expected: str) -> bool:
    return hmac.compare_digest(given.encode("utf-8", "replace"), expected.encode())
