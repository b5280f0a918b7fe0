"""A Label Studio project with the administrator's door to it, a loop about one, each template's."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias

import httpx
import pytest

from routing.ledger import Ledger
from routing.model.client import BackendClient
from routing.studio import Studio
from routing.studio.connection import PAGING, Paging
from routing.studio.models import StudioUser
from routing.studio.users import legacy_token
from routing.tunables import DEFAULTS, Tunables
from tandem.servers.backend import BackendServer
from tandem.servers.label_studio import LabelStudioServer
from tests.support.loop_model import Model
from tests.support.loops import MODEL_USER, PLAIN_POLICY, Loop, Person
from tests.support.serving import serving
from tests.support.studio_fixtures import NewStudio, NewStudioProject
from tests.support.template_projects import Project, pre_labelled

NewLoop: TypeAlias = Callable[..., Loop]
Elsewhere: TypeAlias = Callable[[Loop], Loop]
NewTemplateProject: TypeAlias = Callable[[str], Project]
PASSWORD = "a-long-enough-one"


@pytest.fixture
def paging(request: pytest.FixtureRequest) -> Paging:
    """How Label Studio is read; what has just changed alone, with `no_look_back`."""
    return Paging(look_back=timedelta(0)) if "no_look_back" in request.fixturenames else PAGING


@pytest.fixture
def tunables(request: pytest.FixtureRequest) -> Tunables:
    """How much a pass does at a time; few, with `two_at_a_time`."""
    few = "two_at_a_time" in request.fixturenames
    return Tunables(round_least=2, audits_most=2) if few else DEFAULTS


@pytest.fixture
def new_studio(
    label_studio: LabelStudioServer, studio_project: NewStudioProject, paging: Paging
) -> NewStudio:
    """Makes a door to a fresh project of so many tasks."""

    def make(n_tasks: int = 3) -> Studio:
        project = studio_project(n_tasks)
        return Studio(label_studio.url, label_studio.token, project, paging)

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


@pytest.fixture(scope="session")
def people(label_studio: LabelStudioServer) -> tuple[Person, Person, Person]:
    """Three users who can review, each with a key of their own."""
    admin, url = Studio(label_studio.url, label_studio.token), label_studio.url

    def invite(name: str) -> Person:
        user = admin.create_user(f"{name}@loop.localhost", PASSWORD, name.title())
        return Person(url, legacy_token(url, user.email, PASSWORD), user.email, user.id)

    return invite("ana"), invite("ben"), invite("carl")


@pytest.fixture(scope="session")
def new_template_project(
    label_studio: LabelStudioServer,
    backend_server: BackendServer,
    people: tuple[Person, Person, Person],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[NewTemplateProject]:
    """Gives a template's project, pre-labelled for Ana by the bundled model once for all files."""
    with ExitStack() as end:

        @cache
        def make(template: str) -> Project:
            folder = tmp_path_factory.mktemp(template)
            backend = BackendClient(backend_server.url)
            project = pre_labelled(template, label_studio, backend, people[0], folder)
            end.callback(project.ledger.close)
            return project

        yield make


@pytest.fixture
def new_loop(
    new_studio: NewStudio,
    people: tuple[Person, Person, Person],
    tunables: Tunables,
    tmp_path: Path,
) -> Iterator[NewLoop]:
    """Makes a project whose tasks `Text 0`, `Text 1`, … the model answers with these confidences.

    Ana, Ben and Carl review all of it beside the pre-label, and one vote settles each task, but
    for what the test says: an error that is allowed to one task or more has it frozen at once.
    """
    with ExitStack() as until_the_end:

        def make(*confidences: float, **policy: Any) -> Loop:
            studio, model = new_studio(len(confidences)), Model()
            model.url = until_the_end.enter_context(serving(model.script))
            model.confidences = {f"Text {n}": one for n, one in enumerate(confidences)}
            ledger = Ledger(f"sqlite:///{tmp_path}/{studio.project_id}.sqlite3", studio.project_id)
            until_the_end.callback(ledger.close)
            ledger.upgrade()
            loop = Loop(studio, model, ledger, tunables=tunables)
            loop.sections["studio"] = {"model_user": MODEL_USER}
            loop.sections["backend"] = {"url": model.url}
            loop.sections["policy"] = PLAIN_POLICY | policy
            loop.staff(*people)
            return loop

        yield make


@pytest.fixture
def elsewhere(tmp_path: Path) -> Iterator[Elsewhere]:
    """Gives the same project as a second folder has it, whose ledger is empty."""
    opened: list[Ledger] = []

    def make(loop: Loop) -> Loop:
        url = f"sqlite:///{tmp_path}/elsewhere-{len(opened)}.sqlite3"
        opened.append(Ledger(url, loop.studio.project_id))
        opened[-1].upgrade()
        return replace(loop, ledger=opened[-1])

    yield make
    for ledger in opened:
        ledger.close()


@pytest.fixture
def two_at_a_time() -> None:
    """Let rounds and batches be of two tasks, so that a small population has several of them."""


@pytest.fixture
def no_look_back() -> None:
    """Let a pull show exactly what changed, in tests that take less than a minute."""
