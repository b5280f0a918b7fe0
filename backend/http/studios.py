"""Requests of several Label Studios: the part of the path that names one, and what it is for."""

from collections.abc import Callable, Iterable
from typing import Any

from flask import request

from labeling.studio_path import project_key, split_path

_NAME = "tandem.studio"

Wsgi = Callable[[dict[str, Any], Any], Iterable[bytes]]


def per_studio(application: Wsgi) -> Wsgi:
    """Let every route be asked below `/studios/ID` too, as one for that Label Studio's projects.

    Args:
        application: The WSGI application.

    Returns:
        The application for both kinds of path.
    """

    def answer(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        studio, path = split_path(environ.get("PATH_INFO", ""))
        if studio is not None:
            script = f"{environ.get('SCRIPT_NAME', '')}/studios/{studio}"
            environ = {**environ, "PATH_INFO": path, "SCRIPT_NAME": script, _NAME: studio}
        return application(environ, start_response)

    return answer


def key_of(project: str | None) -> str | None:
    """Return the name of a project of the Label Studio that the present request is about."""
    return project_key(project, request.environ.get(_NAME))
