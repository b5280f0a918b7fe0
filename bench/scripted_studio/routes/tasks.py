"""Tasks: imported, listed as the Data Manager does, changed and deleted."""

import json

from flask import Flask, request

from bench.scripted_studio.json_of import task_json
from bench.scripted_studio.routes.finding import found, project_named
from bench.scripted_studio.store import Json, Store
from bench.scripted_studio.task_filters import matching

CHANGEABLE = ("overlap", "is_labeled")


def add(app: Flask, store: Store) -> None:
    """Add the routes to an application.

    Args:
        app: The application.
        store: What it holds.
    """

    @app.post("/api/projects/<int:number>/import")
    def import_tasks(number: int) -> tuple[Json, int]:
        new = store.add_tasks(
            found(store.projects, number), [one.get("data", one) for one in request.get_json()]
        )
        return {"task_count": len(new), "annotation_count": 0, "prediction_count": 0}, 201

    @app.get("/api/tasks/")
    def list_tasks() -> Json:
        project = project_named(store)
        query = json.loads(request.args.get("query", "{}"))
        passing = matching(project, query.get("filters"))
        size, page = request.args.get("page_size", 100, int), request.args.get("page", 1, int)
        include = frozenset(one for one in request.args.get("include", "").split(",") if one)
        whole = request.args.get("fields") == "all"
        return {
            "tasks": [
                task_json(one, whole=whole, include=include)
                for one in passing[(page - 1) * size : page * size]
            ],
            "total": len(passing),
            "total_annotations": project.annotation_count,
            "total_predictions": project.prediction_count,
        }

    @app.get("/api/tasks/<int:number>/")
    def task(number: int) -> Json:
        return task_json(found(store.tasks, number), whole=True)

    @app.patch("/api/tasks/<int:number>/")
    def change_task(number: int) -> Json:
        changed, body = found(store.tasks, number), request.get_json()
        for name in CHANGEABLE:
            if name in body:
                setattr(changed, name, body[name])
        if "data" in body:
            changed.data = json.dumps(body["data"])
        changed.updated_at = store.now()
        return task_json(changed, whole=True)

    @app.delete("/api/tasks/<int:number>/")
    def delete_task(number: int) -> tuple[str, int]:
        store.delete_task(found(store.tasks, number))
        return "", 204
