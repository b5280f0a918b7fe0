"""Tabs: listed in their order, created, replaced, ordered and deleted."""

from flask import Flask, request

from bench.scripted_studio.json_of import view_json
from bench.scripted_studio.routes.finding import found, project_named
from bench.scripted_studio.store import Json, ScriptedView, Store


def add(app: Flask, store: Store) -> None:
    """Add the routes to an application.

    Args:
        app: The application.
        store: What it holds.
    """

    def of_project(project: int) -> list[ScriptedView]:
        views = [one for one in store.views.values() if one.project == project]
        return sorted(views, key=lambda view: (view.order, view.id))

    @app.get("/api/dm/views/")
    def list_views() -> list[Json]:
        return [view_json(one) for one in of_project(project_named(store).id)]

    @app.post("/api/dm/views/")
    def create_view() -> tuple[Json, int]:
        body = request.get_json()
        project = found(store.projects, body["project"]).id
        order = len(of_project(project)) if body["data"].get("filters") else 0
        view = ScriptedView(store.next_id(), project, order, body["data"])
        store.views[view.id] = view
        return view_json(view), 201

    @app.patch("/api/dm/views/<int:number>/")
    def replace_view(number: int) -> Json:
        view, data = found(store.views, number), request.get_json()["data"]
        kept = {name: view.data[name] for name in ("filters", "ordering") if name in view.data}
        # No ordering in place of one leaves that one.
        given = {name: one for name, one in data.items() if name != "ordering" or one}
        view.data = kept | given
        return view_json(view)

    @app.post("/api/dm/views/order/")
    def order_views() -> Json:
        body = request.get_json()
        for order, number in enumerate(body["ids"]):
            found(store.views, number).order = order
        return {}

    @app.delete("/api/dm/views/<int:number>/")
    def delete_view(number: int) -> tuple[str, int]:
        found(store.views, number)
        del store.views[number]
        return "", 204
