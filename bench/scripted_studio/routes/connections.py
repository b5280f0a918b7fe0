"""ML backends and webhooks: there are none, since the scripted Label Studio calls nobody."""

from flask import Flask

from bench.scripted_studio.store import Json, Store


def add(app: Flask, _: Store) -> None:
    """Add the routes to an application.

    Args:
        app: The application.
        _: What it holds.
    """

    @app.get("/api/ml/")
    @app.get("/api/webhooks/")
    def list_none() -> list[Json]:
        return []
