"""Predictions: imported, listed and deleted."""

from flask import Flask, request
from werkzeug.exceptions import BadRequest

from bench.scripted_studio.json_of import prediction_json
from bench.scripted_studio.routes.finding import found
from bench.scripted_studio.store import Json, Store


def add(app: Flask, store: Store) -> None:
    """Add the routes to an application.

    Args:
        app: The application.
        store: What it holds.
    """

    @app.post("/api/projects/<int:number>/import/predictions")
    def import_predictions(number: int) -> tuple[Json, int]:
        project, new = found(store.projects, number), request.get_json()
        tasks = [store.tasks.get(one["task"]) for one in new]
        if any(task is None or task.project != project.id for task in tasks):
            raise BadRequest("A task ID is not found in the project.")
        for task, one in zip(tasks, new, strict=True):
            if task is not None:
                store.add_prediction(task, one["result"], one.get("score"), one["model_version"])
        return {"created": len(new)}, 201

    @app.get("/api/predictions/")
    def list_predictions() -> list[Json]:
        project = found(store.projects, int(request.args["project"]))
        return [prediction_json(one, task) for task in project.tasks for one in task.predictions]

    @app.delete("/api/predictions/<int:number>/")
    def delete_prediction(number: int) -> tuple[str, int]:
        task = store.tasks[found(store.task_of_prediction, number)]
        store.drop_predictions(task, [number])
        task.updated_at = store.now()
        return "", 204
