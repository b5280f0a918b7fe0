"""Annotations: created once, changed and deleted."""

from flask import Flask, g, request
from werkzeug.exceptions import Conflict

from bench.scripted_studio.json_of import annotation_json
from bench.scripted_studio.routes.finding import found
from bench.scripted_studio.store import Json, ScriptedAnnotation, ScriptedTask, Store


def add(app: Flask, store: Store) -> None:
    """Add the routes to an application.

    Args:
        app: The application.
        store: What it holds.
    """

    @app.post("/api/tasks/<int:number>/annotations/")
    def create_annotation(number: int) -> tuple[Json, int]:
        task, body, at = found(store.tasks, number), request.get_json(), store.now()
        if body.get("unique_id") in store.unique_ids:
            raise Conflict("The unique_id is taken.")
        created = ScriptedAnnotation(
            id=store.next_id("annotation"),
            result=body.get("result") or [],
            completed_by=body.get("completed_by") or g.user.id,
            updated_by=g.user.id,
            was_cancelled=bool(body.get("was_cancelled")),
            ground_truth=bool(body.get("ground_truth")),
            lead_time=body.get("lead_time"),
            parent_prediction=body.get("parent_prediction"),
            unique_id=body.get("unique_id"),
            created_at=at,
            updated_at=at,
        )
        store.add_annotation(task, created)
        return annotation_json(created, task, is_listed=False), 201

    @app.patch("/api/annotations/<int:number>/")
    def change_annotation(number: int) -> Json:
        task, changed = _annotation(store, number)
        changed.result = request.get_json().get("result", changed.result)
        changed.updated_by, changed.updated_at = g.user.id, store.now()
        task.updated_at = changed.updated_at
        return annotation_json(changed, task, is_listed=False)

    @app.delete("/api/annotations/<int:number>/")
    def delete_annotation(number: int) -> tuple[str, int]:
        task, _ = _annotation(store, number)
        store.drop_annotations(task, [number])
        return "", 204


def _annotation(store: Store, number: int) -> tuple[ScriptedTask, ScriptedAnnotation]:
    task = store.tasks[found(store.task_of_annotation, number)]
    [annotation] = [one for one in task.annotations if one.id == number]
    return task, annotation
