"""A Label Studio project with the administrator's door to it."""

from collections.abc import Callable, Iterator
from typing import Any, TypeAlias

import httpx
import pytest

from routing.studio import Studio
from routing.studio.records import NewAnnotation, NewPrediction, StudioUser
from tandem.demo.label_studio import LabelStudioServer
from tests.conftest import NewStudioProject

NewStudio: TypeAlias = Callable[..., Studio]
PASSWORD = "a-long-enough-one"


def choosing(label: str) -> list[dict[str, Any]]:
    """The result that says a label."""
    return [
        {
            "from_name": "sentiment",
            "to_name": "text",
            "type": "choices",
            "value": {"choices": [label]},
        }
    ]


def believing(task: int, score: float = 0.5, version: str = "v1") -> NewPrediction:
    """A prediction of a task."""
    return NewPrediction(task, choosing("positive"), score, version)


def answering(task: int, by: StudioUser, unique_id: str) -> NewAnnotation:
    """An annotation of a task."""
    return NewAnnotation(task, choosing("negative"), by.id, unique_id)


@pytest.fixture
def new_studio(label_studio: LabelStudioServer, studio_project: NewStudioProject) -> NewStudio:
    """Makes a door to a fresh project of so many tasks."""

    def make(n_tasks: int = 3) -> Studio:
        return Studio(label_studio.url, label_studio.token, studio_project(n_tasks))

    return make


@pytest.fixture
def studio(new_studio: NewStudio) -> Studio:
    """The administrator's door to a fresh project of three tasks."""
    return new_studio()


@pytest.fixture
def reviewer(studio: Studio) -> StudioUser:
    """A user beside the administrator."""
    return studio.create_user("reviewer@localhost", PASSWORD, "Rosa", "Reviewer")


@pytest.fixture
def raw(label_studio: LabelStudioServer) -> Iterator[httpx.Client]:
    """Label Studio's API as it stands, for what Tandem itself never does."""
    headers = {"Authorization": f"Token {label_studio.token}"}
    with httpx.Client(base_url=label_studio.url, headers=headers, timeout=60) as client:
        yield client
