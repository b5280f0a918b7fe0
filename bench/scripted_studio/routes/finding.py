"""Finds what a request names, or refuses it as Label Studio does."""

from collections.abc import Mapping
from typing import TypeVar

from flask import request
from werkzeug.exceptions import NotFound

from bench.scripted_studio.store import ScriptedProject, Store

Held = TypeVar("Held")


def found(held: Mapping[int, Held], number: int) -> Held:
    """Return what has an id.

    Args:
        held: What there is, by id.
        number: The id.

    Raises:
        NotFound: There is none.
    """
    if number not in held:
        raise NotFound("Not found.")
    return held[number]


def project_named(store: Store) -> ScriptedProject:
    """Return the project that the request's address names.

    Raises:
        NotFound: There is none.
    """
    return found(store.projects, request.args.get("project", 0, int))
