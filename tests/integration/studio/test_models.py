"""A model that gets better on a real Label Studio: versions move, are kept, and are rolled back.

The ML backend is the service itself, over an engine that scores a text by a number in it.
"""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from backend.service import create_app
from labeling.settings.settings import Settings
from routing.ledger import Ledger
from routing.model.connect import connect
from routing.studio import Studio
from routing.tunables import Tunables
from tandem.servers.label_studio import LabelStudioServer
from tests.support.loops import MODEL_USER, PLAIN_POLICY, Loop, Person
from tests.support.serving import Reply, serving
from tests.support.signal_engine import SignalEngine, text_of
from tests.support.studio_fixtures import NewStudioProject

pytestmark = pytest.mark.studio

PILOT, ROUND = 24, 40
TASKS = 220


class Service:
    """The ML backend in this process; see `tests.support.loop_model.Model`.

    Attributes:
        url: Where it answers.
    """

    def __init__(self, data_dir: Path) -> None:
        settings = {"data_dir": data_dir, "learning": {"embedding": None, "train": []}}
        self.app = create_app(Settings.model_validate(settings), lambda _: SignalEngine())
        self.url = ""

    def script(self, method: str, path: str, body: Any, _: str | None) -> Reply:
        answer = self.app.test_client().open(path, method=method, json=body)
        return answer.status_code, {"Content-Type": "application/json"}, answer.data


class Project:
    """Texts, of which people answer first what the model's signal tells nothing of.

    Attributes:
        loop: The project in the loop.
        person: Who answers.
    """

    def __init__(self, loop: Loop, person: Person) -> None:
        self.loop, self.person = loop, person

    def statuses(self) -> dict[str, str]:
        """What became of each version, the one in force first."""
        versions = self.loop.backend.models(self.loop.studio.project_id)
        return {one.name: one.status for one in versions.models}

    def use(self, version: str) -> None:
        project = self.loop.studio.project()
        self.loop.backend.use(project.id, project.label_config, version)

    def answer_waiting(self, *, wrong: int | None = None) -> None:
        """Answer what waits by the text's own signal, but each of so many against it."""
        places = self.loop.places()
        texts = {task.id: str(task.data["text"]) for task in self.loop.studio.tasks()}
        for number, task in enumerate(sorted(self.loop.waiting(self.person))):
            is_positive = "Signal -" not in texts[task]
            is_told = is_positive == (wrong is None or number % wrong > 0)
            self.person.answer(places[task], "positive" if is_told else "negative")

    def predicted(self) -> dict[int, tuple[int, str]]:
        """The id and the version of each task's latest prediction, as Label Studio has it."""
        return {
            task.id: max((one.id, str(one.model_version)) for one in task.predictions)
            for task in self.loop.studio.tasks()
        }

    def annotations(self) -> list[tuple[int, int, Any]]:
        """What people said, as Label Studio has it."""
        return [(one.id, one.task, one.result) for one in self.loop.annotations()]

    def unanswered(self) -> set[int]:
        """The tasks that nobody answered yet, as Label Studio has it."""
        return {task.id for task in self.loop.studio.tasks() if not task.annotations}

    def titles(self) -> set[str]:
        """The version that the backend is titled with, and the one that the project shows."""
        studio = self.loop.studio
        return {*(one.title for one in studio.backends()), studio.project().model_version}


@pytest.fixture
def project(
    label_studio: LabelStudioServer,
    studio_project: NewStudioProject,
    people: tuple[Person, Person, Person],
    tmp_path: Path,
) -> Iterator[Project]:
    """A project with the service as its ML backend, of which Ana reviews all that is asked."""
    signals = np.random.default_rng(1).uniform(1, 4, TASKS) * np.random.default_rng(2).choice(
        [-1, 1], TASKS
    )
    data = [{"text": text_of(number, signal)} for number, signal in enumerate(signals)]
    number = studio_project(data=data)
    service = Service(tmp_path / "backend")
    with ExitStack() as end:
        end.callback(service.app.extensions["tandem"].close)
        service.url = end.enter_context(serving(service.script))
        ledger = Ledger(f"sqlite:///{tmp_path}/ledger.sqlite3", number)
        end.callback(ledger.close)
        ledger.upgrade()
        studio = Studio(label_studio.url, label_studio.token, number)
        loop = Loop(studio, service, ledger, tunables=Tunables(round_least=ROUND))  # type: ignore[arg-type]  # all that it is asked for is its address
        loop.sections["studio"] = {"model_user": MODEL_USER}
        loop.sections["backend"] = {"url": service.url}
        loop.sections["policy"] = PLAIN_POLICY | {"pilot": PILOT, "target_error": 0.001}
        loop.staff(people[0])
        yield Project(loop, people[0])


def test_a_better_version_is_shown_a_worse_one_is_not_and_an_old_one_comes_back(
    project: Project,
) -> None:
    loop = project.loop
    connect(loop.studio, loop.backend, loop.settings)
    loop.sync()
    project.answer_waiting(wrong=2)
    old = loop.sync().model_version
    report = None

    # A challenger wins, sooner or later: what nobody answered is renewed, and nothing else.
    while report is None or report.model_version == old:
        project.answer_waiting()
        predicted, said, open_ = project.predicted(), project.annotations(), project.unanswered()
        report = loop.sync()
    new = report.model_version
    assert report.labelled == len(open_) > 0
    renewed = project.predicted()
    assert {version for task, (_, version) in renewed.items() if task in open_} == {new}
    assert _without(renewed, open_) == _without(predicted, open_)
    assert project.annotations() == said
    assert project.titles() == {new}
    assert project.statuses()[new] == "in force"

    # A challenger loses, sooner or later: nothing of it is to be seen.
    while report.model_version != new or report.labelled:
        new = report.model_version
        project.answer_waiting(wrong=5)
        renewed, said = project.predicted(), project.annotations()
        report = loop.sync()
    assert (report.model_version, report.labelled) == (new, 0)
    assert project.predicted() == renewed
    assert project.annotations() == said
    assert project.titles() == {new}
    lost = {name for name, status in project.statuses().items() if status == "beaten"}
    assert lost
    assert lost.isdisjoint({old, new})

    # The old one is used again, where nobody answered yet.
    open_ = project.unanswered()
    project.use(old)
    report = loop.sync()
    assert report.model_version == old
    assert report.labelled == len(open_) > 0
    back = project.predicted()
    assert {version for task, (_, version) in back.items() if task in open_} == {old}
    assert _without(back, open_) == _without(renewed, open_)
    assert project.annotations() == said
    assert project.titles() == {old}
    statuses = project.statuses()
    assert (statuses[old], statuses[new]) == ("in force", "rolled back")

    # The same answers do not undo that.
    report = loop.sync()
    assert (report.model_version, report.labelled) == (old, 0)
    assert project.predicted() == back
    assert project.statuses() == statuses


def _without(predicted: dict[int, tuple[int, str]], tasks: set[int]) -> dict[int, tuple[int, str]]:
    return {task: one for task, one in predicted.items() if task not in tasks}
