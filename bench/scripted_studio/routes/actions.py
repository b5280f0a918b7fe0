"""The Data Manager's actions: the same done to many tasks at once."""

from collections.abc import Callable, Mapping
from typing import TypeAlias

from flask import Flask, request
from werkzeug.exceptions import BadRequest

from bench.scripted_studio.routes.finding import project_named
from bench.scripted_studio.store import Json, ScriptedTask, Store

Action: TypeAlias = Callable[[Store, ScriptedTask, Json], int]
"""Does something to a task, as a body says, and returns how often."""


def add(app: Flask, store: Store) -> None:
    """Add the routes to an application.

    Args:
        app: The application.
        store: What it holds.
    """

    @app.post("/api/dm/actions/")
    def act() -> Json:
        project, body = project_named(store), request.get_json()
        action = _ACTIONS.get(request.args["id"])
        if action is None:
            raise BadRequest(f"The scripted Label Studio has no action {request.args['id']}.")
        selected, tasks = body["selectedItems"], project.tasks
        if not selected["all"]:
            tasks = [store.tasks[one] for one in selected["included"] if one in store.tasks]
        done = sum(action(store, task, body) for task in tasks if task.project == project.id)
        return {"processed_items": done, "detail": f"{done} done"}


def _delete_predictions(store: Store, task: ScriptedTask, _: Json) -> int:
    ids = [one.id for one in task.predictions]
    store.drop_predictions(task, ids)
    return len(ids)


def _delete_annotations(store: Store, task: ScriptedTask, body: Json) -> int:
    author = body.get("annotator")
    ids = [one.id for one in task.annotations if author in (None, one.completed_by)]
    if ids:
        store.drop_annotations(task, ids)
    return len(ids)


_ACTIONS: Mapping[str, Action] = {
    "delete_tasks_predictions": _delete_predictions,
    "delete_tasks_annotations": _delete_annotations,
}
