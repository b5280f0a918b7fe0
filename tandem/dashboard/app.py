"""The dashboard as a web application: two pages, both only read, each behind a secret link."""

import secrets
from collections.abc import Callable, Sequence

from flask import Flask, Response, abort, request
from werkzeug.exceptions import HTTPException

from routing.ledger.passes import PassRecord
from tandem.dashboard import pages
from tandem.dashboard.data import ProjectLook
from tandem.dashboard.links import Links
from tandem.dashboard.live import Seen

HEADERS = {
    # A link is a secret: it goes to no other server, and into no cache.
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex, nofollow",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def create_app(
    latest: Callable[[], Seen[ProjectLook]],
    links: Callable[[], Links],
    passes: Callable[[], Sequence[PassRecord]],
) -> Flask:
    """Make the application.

    Args:
        latest: Returns what was seen of the project last.
        links: Returns who may open what, as it is now.
        passes: Returns the last passes, the latest first.

    Returns:
        The application. It answers GET and HEAD alone, and never writes anything.
    """
    app = Flask(__name__, static_folder=None)

    @app.get("/", provide_automatic_options=False)
    def admin() -> Response:
        if not links().is_admin(request.args.get("token", "")):
            abort(404)
        nonce = _nonce()
        return _page(pages.admin(latest(), passes(), nonce), nonce)

    @app.get("/r/<token>", provide_automatic_options=False)
    def reviewer(token: str) -> Response:
        name = links().reviewer(token)
        if name is None:
            abort(404)
        nonce = _nonce()
        return _page(pages.reviewer(latest(), passes(), name, nonce), nonce)

    @app.errorhandler(Exception)
    def fault(error: Exception) -> Response:
        status = error.code if isinstance(error, HTTPException) and error.code else 500
        return _page(pages.fault(status, error), status=status)

    return app


def _nonce() -> str:
    return secrets.token_urlsafe(16)


def _page(html: str, nonce: str | None = None, status: int = 200) -> Response:
    script = f"script-src 'nonce-{nonce}'; connect-src 'self'; " if nonce else ""
    policy = (
        f"default-src 'none'; style-src 'unsafe-inline'; img-src data:; {script}"
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
    headers = {**HEADERS, "Content-Security-Policy": policy}
    return Response(html, status, headers, mimetype="text/html")
