"""The scripted Label Studio's application: who asks, one request at a time, and its routes."""

from threading import Lock

from flask import Flask, g, request, session
from werkzeug.exceptions import HTTPException, Unauthorized

from bench.scripted_studio.routes import (
    actions,
    annotations,
    connections,
    predictions,
    projects,
    tasks,
    users,
    views,
)
from bench.scripted_studio.store import Json, Store

PUBLIC = ("/health", "/api/version/", "/user/")
"""Where nobody needs a key."""


def application(store: Store) -> Flask:
    """Return what answers a Label Studio's requests.

    Args:
        store: What it holds.
    """
    app = Flask(__name__)
    app.secret_key = "scripted"
    app.json.sort_keys = False  # type: ignore[attr-defined]
    app.url_map.strict_slashes = False
    one_at_a_time = Lock()

    @app.before_request
    def begin() -> None:
        one_at_a_time.acquire()
        g.is_locked = True
        token = request.headers.get("Authorization", "").removeprefix("Token ")
        by_token = (user for user in store.users.values() if user.token == token)
        g.user = next(by_token, store.users.get(session.get("user", 0)))
        if g.user is None and not request.path.startswith(PUBLIC):
            raise Unauthorized("Authentication credentials were not provided.")

    @app.teardown_request
    def end(_: BaseException | None) -> None:
        if g.pop("is_locked", False):
            one_at_a_time.release()

    @app.errorhandler(HTTPException)
    def refuse(error: HTTPException) -> tuple[Json, int]:
        return {"detail": error.description, "status_code": error.code}, error.code or 500

    @app.get("/health")
    def health() -> Json:
        return {"status": "UP"}

    @app.get("/api/version/")
    def version() -> Json:
        return {"release": "1.23.2", "edition": "Community"}

    for routes in (projects, tasks, predictions, annotations, actions, views, users, connections):
        routes.add(app, store)
    return app
