"""The project's ML backend in a real Label Studio: connected once, changed, disconnected."""

from collections.abc import Iterator
from typing import Any

import pytest

from routing.studio import Studio
from tests.serving import Reply, as_json, serving
from tests.studio.conftest import believing

pytestmark = pytest.mark.studio


class Backend:
    """An ML backend that only says that it is there, and notes who asked."""

    def __init__(self) -> None:
        self.url = ""
        self.setups: list[str | None] = []

    def script(self, _method: str, path: str, _body: Any, authorization: str | None) -> Reply:
        if path == "/setup":
            self.setups.append(authorization)
        return as_json({"status": "UP", "model_version": "tiny-1", "versions": ["tiny-1"]})


@pytest.fixture
def backend() -> Iterator[Backend]:
    backend = Backend()
    with serving(backend.script) as backend.url:
        yield backend


def test_connecting_makes_the_title_the_project_s_version(studio: Studio, backend: Backend) -> None:
    saved = studio.save_backend(backend.url, "tiny-1")
    assert (saved.url, saved.title, saved.model_version) == (backend.url, "tiny-1", "tiny-1")
    assert saved.state == "Connected"
    assert studio.backends() == [saved]
    assert studio.project().model_version == "tiny-1"


def test_connecting_again_changes_the_one_that_is_there(studio: Studio, backend: Backend) -> None:
    first = studio.save_backend(backend.url, "tiny-1")
    second = studio.save_backend(backend.url, "tiny-2")
    assert second.id == first.id
    assert [one.title for one in studio.backends()] == ["tiny-2"]
    assert studio.project().model_version == "tiny-2"


def test_title_and_version_and_predictions_move_together(studio: Studio, backend: Backend) -> None:
    studio.save_backend(backend.url, "tiny-1")
    studio.import_predictions([believing(studio.task_ids()[0], version="tiny-2")])
    studio.save_backend(backend.url, "tiny-2")
    studio.update_project(model_version="tiny-2")
    assert studio.backends()[0].title == studio.project().model_version == "tiny-2"


def test_credentials_reach_the_backend(studio: Studio, backend: Backend) -> None:
    studio.save_backend(backend.url, "tiny-1", ("ada", "pw"))
    assert set(backend.setups) == {"Basic YWRhOnB3"}


def test_the_webhook_that_label_studio_makes_is_given_credentials(
    studio: Studio, backend: Backend
) -> None:
    studio.save_backend(backend.url, "tiny-1")
    (made,) = studio.webhooks()
    assert (made.url, made.headers) == (f"{backend.url}/webhook", {})
    studio.save_webhook(made.url, {"Authorization": "Basic YWRhOnB3"})
    (kept,) = studio.webhooks()
    assert (kept.id, kept.headers) == (made.id, {"Authorization": "Basic YWRhOnB3"})


def test_disconnecting_twice_is_no_fault(studio: Studio, backend: Backend) -> None:
    saved = studio.save_backend(backend.url, "tiny-1")
    studio.delete_backend(saved.id)
    studio.delete_backend(saved.id)
    assert studio.backends() == []
    assert studio.project().model_version == ""
