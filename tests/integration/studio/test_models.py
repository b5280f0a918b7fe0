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

PILOT, ROUND = 12, 20
TASKS = 64


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
        noise: Labels that have nothing to do with the texts, by task.
    """

    def __init__(self, loop: Loop, person: Person) -> None:
        self.loop, self.person = loop, person
        random = np.random.default_rng(0)
        tasks = loop.studio.task_ids()
        self.noise = dict(
            zip(tasks, random.choice(["positive", "negative"], len(tasks)), strict=True)
        )

    def statuses(self) -> dict[str, str]:
        """What became of each version, the one in force first."""
        versions = self.loop.backend.models(self.loop.studio.project_id)
        return {one.name: one.status for one in versions}

    def use(self, version: str) -> None:
        project = self.loop.studio.project()
        self.loop.backend.use(project.id, project.label_config, version)

    def answer_waiting(self, *, truly: bool) -> None:
        """Answer what waits: by the text's own signal, or by chance."""
        places = self.loop.places()
        texts = {task.id: str(task.data["text"]) for task in self.loop.studio.tasks()}
        for task in self.loop.waiting(self.person):
            truth = "negative" if "Signal -" in texts[task] else "positive"
            self.person.answer(places[task], truth if truly else str(self.noise[task]))

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
        state = self.loop.state
        return {*state.tasks} - {one.task for one in state.annotations}

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
    project.answer_waiting(truly=False)
    old = loop.sync().model_version
    project.answer_waiting(truly=True)

    # A challenger wins: what nobody answered is renewed, and nothing else.
    predicted, said, open_ = project.predicted(), project.annotations(), project.unanswered()
    report = loop.sync()
    new = report.model_version
    assert new != old
    assert report.labelled == len(open_) > 0
    renewed = project.predicted()
    assert {version for task, (_, version) in renewed.items() if task in open_} == {new}
    assert _without(renewed, open_) == _without(predicted, open_)
    assert project.annotations() == said
    assert project.titles() == {new}
    assert project.statuses()[new] == "in force"

    # A challenger loses: nothing of it is to be seen.
    project.answer_waiting(truly=True)
    said = project.annotations()
    report = loop.sync()
    assert (report.model_version, report.labelled) == (new, 0)
    assert project.predicted() == renewed
    assert project.annotations() == said
    assert project.titles() == {new}
    [lost] = [name for name, status in project.statuses().items() if status == "beaten"]
    assert lost not in (old, new)

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
    assert project.statuses()[new] == "rolled back"

    # The same answers do not undo that.
    report = loop.sync()
    assert (report.model_version, report.labelled) == (old, 0)
    assert project.predicted() == back
    assert project.statuses() == {old: "in force", lost: "beaten", new: "rolled back"}


def _without(predicted: dict[int, tuple[int, str]], tasks: set[int]) -> dict[int, tuple[int, str]]:
    return {task: one for task, one in predicted.items() if task not in tasks}
