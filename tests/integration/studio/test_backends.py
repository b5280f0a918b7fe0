"""The project's ML backend in a real Label Studio: connected once, changed, disconnected."""

from collections.abc import Iterator
from typing import Any

import pytest

from labeling.errors import StudioRefused
from routing.studio import Studio
from tandem.servers.label_studio import LabelStudioServer
from tests.support.serving import Reply, as_json, serving
from tests.support.studio_answers import new_prediction

pytestmark = pytest.mark.studio


class Backend:
    """An ML backend that only says that it is there, and notes who asked."""

    def __init__(self) -> None:
        self.url = ""
        self.setups: list[str | None] = []

    def script(self, _method: str, path: str, _body: Any, authorization: str | None) -> Reply:
        if path == "/setup":
            self.setups.append(authorization)
        return as_json({"status": "UP", "model_version": "tiny-1"})


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
    studio.import_predictions([new_prediction(studio.task_ids()[0], version="tiny-2")])
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


def test_an_address_is_judged_without_a_trace(studio: Studio, backend: Backend) -> None:
    before = studio.project()
    assert studio.judge_address(backend.url)
    assert studio.judge_address("http://127.0.0.1:1/")
    assert backend.setups == []
    assert (studio.backends(), studio.webhooks(), studio.project()) == ([], [], before)


def test_a_blocked_address_is_told_without_a_trace(
    guarded_label_studio: LabelStudioServer,
) -> None:
    door = Studio(guarded_label_studio.url, guarded_label_studio.token)
    project = door.create_project("Judged", "<View/>")
    studio = Studio(guarded_label_studio.url, guarded_label_studio.token, project.id)
    with pytest.raises(StudioRefused, match="SSRF protection blocks"):
        studio.judge_address("http://127.0.0.1:9090")
    assert (studio.backends(), studio.webhooks(), studio.project()) == ([], [], project)


def test_an_address_that_label_studio_cannot_resolve_is_told(studio: Studio) -> None:
    with pytest.raises(StudioRefused, match=r"cannot resolve.*no\.such\.host\.invalid") as caught:
        studio.judge_address("http://no.such.host.invalid:9090")
    assert "backend.url_for_studio" in str(caught.value)


def test_an_address_without_a_scheme_is_told(studio: Studio) -> None:
    with pytest.raises(StudioRefused, match=r"Begin backend\.url_for_studio.*with http://"):
        studio.judge_address("localhost:9090")


def test_a_host_without_a_dot_gets_no_webhook(studio: Studio, backend: Backend) -> None:
    address = backend.url.replace("127.0.0.1", str(0x7F000001))
    assert not studio.judge_address(address)
    assert studio.save_backend(address, "tiny-1").state == "Connected"
    assert studio.webhooks() == []
    with pytest.raises(StudioRefused, match=r"no webhook.*name with a dot"):
        studio.save_webhook(f"{address}/webhook", {})
