"""Projects: listed, read, created, changed and deleted."""

from flask import Flask, request
from werkzeug.exceptions import BadRequest

from bench.scripted_studio.json_of import project_json
from bench.scripted_studio.routes.finding import found
from bench.scripted_studio.store import Json, ScriptedProject, Store

STRIPPED = ("title", "label_config", "description")
"""Texts that Label Studio takes the white space around away from."""

SHORTEST_TITLE, LONGEST_TITLE = 3, 50


def add(app: Flask, store: Store) -> None:
    """Add the routes to an application.

    Args:
        app: The application.
        store: What it holds.
    """

    @app.get("/api/projects/")
    def list_projects() -> Json:
        size, page = request.args.get("page_size", 30, int), request.args.get("page", 1, int)
        include = [one for one in request.args.get("include", "").split(",") if one]
        ids = [int(one) for one in request.args.get("ids", "").split(",") if one]
        listed = [one for one in reversed(store.projects.values()) if not ids or one.id in ids]
        shown = [
            {
                name: value
                for name, value in project_json(one).items()
                if not include or name in include
            }
            for one in listed[(page - 1) * size : page * size]
        ]
        following = f"{request.base_url}?page={page + 1}" if page * size < len(listed) else None
        return {"count": len(listed), "next": following, "previous": None, "results": shown}

    @app.post("/api/projects/")
    def create_project() -> tuple[Json, int]:
        return project_json(store.add_project(_fields(request.get_json()))), 201

    @app.get("/api/projects/<int:number>/")
    def project(number: int) -> Json:
        return project_json(found(store.projects, number))

    @app.patch("/api/projects/<int:number>/")
    def change_project(number: int) -> Json:
        changed, fields = found(store.projects, number), _fields(request.get_json())
        version = fields.get("model_version")
        if version and not _holds(changed, version):
            raise BadRequest(
                "Model version doesn't exist either as live model or as static predictions."
            )
        overlap = fields.get("maximum_annotations")
        if overlap not in (None, changed.fields["maximum_annotations"]):
            _ask_as_many_of_all(changed, overlap)
        changed.fields |= fields
        return project_json(changed)

    @app.delete("/api/projects/<int:number>/")
    def delete_project(number: int) -> tuple[str, int]:
        store.delete_project(found(store.projects, number))
        return "", 204


def _fields(body: Json) -> Json:
    title = body.get("title")
    if title is not None and not SHORTEST_TITLE <= len(title.strip()) <= LONGEST_TITLE:
        raise BadRequest("The title has too few or too many characters.")
    return {name: one.strip() if name in STRIPPED else one for name, one in body.items()}


def _ask_as_many_of_all(project: ScriptedProject, overlap: int) -> None:
    """Give all tasks an overlap; where some are for several people, these alone, unless it is 1."""
    cohort = [task for task in project.tasks if task.overlap > 1] if overlap > 1 else []
    for task in cohort or project.tasks:
        task.overlap = overlap
        task.count_people()


def _holds(project: ScriptedProject, version: str) -> bool:
    return any(one.model_version == version for task in project.tasks for one in task.predictions)
