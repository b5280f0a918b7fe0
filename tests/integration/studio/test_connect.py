"""Connecting a real project to the real backend, which asks for credentials, and a loop on both."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from labeling.errors import (
    BackendUnreachable,
    LabelConfigError,
    StudioRefused,
    StudioUnreachable,
)
from labeling.settings.settings import Settings
from routing.ledger import Ledger
from routing.model.client import BackendClient, client_of
from routing.model.connect import connect
from routing.snapshot import task_mapping
from routing.studio import Studio
from routing.sync import sync
from tandem.servers.backend import BackendServer
from tandem.servers.label_studio import LabelStudioServer
from tandem.servers.process import free_port
from tests.support.label_configs import SENTIMENT
from tests.support.loops import MODEL_USER, Person
from tests.support.studio_fixtures import NewStudio

pytestmark = [pytest.mark.studio, pytest.mark.model]

CREDENTIALS = ("ada", "a-password-of-ada-s")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BackendServer]:
    """The real backend, which lets nobody in without credentials."""
    user, password = CREDENTIALS
    folder = tmp_path_factory.mktemp("guarded-backend")
    with BackendServer(folder, BASIC_AUTH_USER=user, BASIC_AUTH_PASS=password) as backend:
        yield backend


@pytest.fixture
def backend(settings: Settings) -> BackendClient:
    return client_of(settings)


@pytest.fixture
def settings(server: BackendServer) -> Settings:
    user, password = CREDENTIALS
    return Settings.model_validate(
        {
            "studio": {"model_user": MODEL_USER},
            "backend": {"url": server.url, "user": user, "password": password},
        }
    )


def at(settings: Settings, url: str) -> Settings:
    """The same settings with the backend at another address of Label Studio's."""
    moved = settings.backend.model_copy(update={"url_for_studio": url})
    return settings.model_copy(update={"backend": moved})


def test_the_backend_is_registered_under_the_version_that_it_answers_with(
    studio: Studio, backend: BackendClient, settings: Settings
) -> None:
    report = connect(studio, backend, settings)
    (row,) = studio.backends()
    assert (row.id, row.url, row.title) == (report.backend, report.url, report.model_version)
    assert row.state == "Connected"
    assert report.is_new
    label_config = studio.project().label_config
    assert report.model_version == backend.version(studio.project_id, label_config)
    assert studio.project().model_version == report.model_version


def test_connecting_again_changes_nothing(
    studio: Studio, backend: BackendClient, settings: Settings
) -> None:
    first = connect(studio, backend, settings)
    before = studio.backends(), studio.webhooks(), studio.project()
    assert len(studio.webhooks()) == 1
    assert connect(studio, backend, settings) == replace(first, is_new=False)
    assert connect(studio, backend, at(settings, f"{settings.backend.url}/")) == replace(
        first, is_new=False
    )
    assert (studio.backends(), studio.webhooks(), studio.project()) == before


def test_a_copied_database_s_connection_becomes_that_of_its_own_label_studio(
    studio: Studio, backend: BackendClient, settings: Settings
) -> None:
    original = settings.model_copy(
        update={"studio": settings.studio.model_copy(update={"url": "http://original.example"})}
    )
    first = connect(studio, client_of(original), original)
    again = connect(studio, backend, settings)
    assert again.backend == first.backend
    assert [one.url for one in studio.backends()] == [settings.address_for_studio]
    assert first.url != again.url


def test_what_people_do_reaches_the_guarded_backend(
    studio: Studio, backend: BackendClient, settings: Settings, people: tuple[Person, ...]
) -> None:
    connect(studio, backend, settings)
    before = backend.health().events
    people[0].answer(studio.task_ids()[0], "positive")
    assert backend.health().events == (before or 0) + 1


def test_label_studio_s_own_requests_reach_the_guarded_backend(
    studio: Studio, backend: BackendClient, settings: Settings, people: tuple[Person, ...]
) -> None:
    connect(studio, backend, settings)
    task, *_ = studio.task_ids()
    people[0].open(task)
    (prediction,) = next(studio.tasks()).predictions
    assert prediction.model_version == studio.project().model_version


def test_a_label_config_without_a_supported_control_is_refused_and_nothing_connected(
    studio: Studio, backend: BackendClient, settings: Settings
) -> None:
    studio.update_project(
        label_config='<View><Text name="text" value="$text"/>'
        '<DateTime name="when" toName="text"/></View>'
    )
    with pytest.raises(LabelConfigError, match="no control that Tandem can answer"):
        connect(studio, backend, settings)
    assert (studio.backends(), studio.webhooks()) == ([], [])


def test_wrong_credentials_are_told_and_nothing_is_connected(
    studio: Studio, settings: Settings
) -> None:
    stranger = BackendClient(settings.backend.url, ("ada", "wrong"))
    with pytest.raises(BackendUnreachable, match="refuses the credentials"):
        connect(studio, stranger, settings)
    assert studio.backends() == []


def test_an_address_that_label_studio_does_not_reach_is_told_and_mended_by_the_next_attempt(
    studio: Studio, backend: BackendClient, settings: Settings
) -> None:
    with pytest.raises(StudioUnreachable, match="does not reach the ML backend"):
        connect(studio, backend, at(settings, f"http://127.0.0.1:{free_port()}"))
    report = connect(studio, backend, settings)
    assert report.url == settings.address_for_studio
    assert [one.url for one in studio.backends() if one.state == "Connected"] == [report.url]


def test_a_blocked_address_is_told_at_every_attempt_and_leaves_nothing(
    guarded_label_studio: LabelStudioServer, backend: BackendClient, settings: Settings
) -> None:
    door = Studio(guarded_label_studio.url, guarded_label_studio.token)
    project = door.create_project("Blocked", SENTIMENT)
    studio = Studio(guarded_label_studio.url, guarded_label_studio.token, project.id)
    for _ in range(2):
        with pytest.raises(StudioRefused, match=r"SSRF protection blocks.*ML_BLOCK_LOCAL_IP"):
            connect(studio, backend, settings)
        assert (studio.backends(), studio.webhooks(), studio.project()) == ([], [], project)


def test_a_loop_with_the_real_model_keeps_title_version_and_predictions_together(
    new_studio: NewStudio,
    backend: BackendClient,
    settings: Settings,
    people: tuple[Person, Person, Person],
    tmp_path: Path,
) -> None:
    studio = new_studio(16)
    policy = settings.policy.model_copy(update={"pilot": 10, "settle_above": 0})
    ledger = Ledger(f"sqlite:///{tmp_path}/ledger.sqlite3", studio.project_id)
    ledger.upgrade()
    sections: dict[str, Any] = {"policy": policy}
    settings = settings.model_copy(update=sections)
    connect(studio, backend, settings)

    def versions() -> set[str]:
        predicted = {task.predictions[-1].model_version for task in studio.tasks()}
        return {studio.project().model_version, studio.backends()[0].title} | predicted

    first = sync(studio, backend, ledger, settings)
    assert versions() == {first.model_version}
    assert (first.decisions, first.undecided) == ({"pilot": 10}, 6)
    assert sync(studio, backend, ledger, settings).changes == []
    blind_project = studio.beside(task_mapping.find(studio.descriptions(), studio.project_id) or 0)
    for number, task in enumerate(blind_project.task_ids()):
        people[0].answer(task, "negative" if number else "positive")
    second = sync(studio, backend, ledger, settings)
    assert second.model_version != first.model_version
    # What people answered keeps the prediction that was made before its answer was learned from.
    assert versions() == {first.model_version, second.model_version}
    assert studio.project().model_version == studio.backends()[0].title == second.model_version
    assert (second.labelled, second.undecided) == (6, 0)
    assert sync(studio, backend, ledger, settings).changes == []
    ledger.close()
