"""The benchmarks' scripted Label Studio: the controller finds there what a real one shows.

A project's life is told by both, and what holds of tasks and answers in one holds in the other.
"""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from bench.scripted_studio.application import application
from bench.scripted_studio.store import Store
from bench.serving import serving
from labeling.errors import StudioRefused
from routing.studio import Studio
from routing.studio.connection import Paging
from routing.studio.models import NewAnnotation, StudioUser
from routing.studio.users import legacy_token
from tandem.servers.label_studio import LabelStudioServer
from tests.integration.studio.conftest import PASSWORD
from tests.support.label_configs import SENTIMENT
from tests.support.studio_answers import choice_result, new_prediction
from tests.support.studio_contracts import AnswersContract, TasksContract
from tests.support.studio_fixtures import NewStudio

pytestmark = pytest.mark.studio

TOKEN = "0" * 40
ABSENT = 10**9
"""The id of no task."""


@pytest.fixture(scope="module")
def scripted_studio() -> Iterator[str]:
    """The address of a scripted Label Studio."""
    with serving(application(Store(TOKEN))) as url:
        yield url


@pytest.fixture
def new_studio(scripted_studio: str, paging: Paging) -> NewStudio:
    """Makes a door to a fresh project of the scripted one."""

    def make(n_tasks: int = 3) -> Studio:
        admin = Studio(scripted_studio, TOKEN)
        project = admin.create_project("Test", SENTIMENT)
        studio = Studio(scripted_studio, TOKEN, project.id, paging)
        studio.import_tasks([{"text": f"Text {number}"} for number in range(n_tasks)])
        return studio

    return make


@pytest.fixture
def raw(scripted_studio: str) -> Iterator[httpx.Client]:
    """The scripted one's API as it stands."""
    headers = {"Authorization": f"Token {TOKEN}"}
    with httpx.Client(base_url=scripted_studio, headers=headers) as client:
        yield client


def test_a_project_s_life_is_the_same_in_both(
    label_studio: LabelStudioServer, scripted_studio: str
) -> None:
    real = Life(Studio(label_studio.url, label_studio.token)).told()
    scripted = Life(Studio(scripted_studio, TOKEN)).told()
    assert list(scripted) == list(real)
    for what in real:
        assert scripted[what] == real[what], what


class TestAnswers(AnswersContract):
    """What holds in any Label Studio holds in the scripted one."""


class TestTasks(TasksContract):
    """What holds in any Label Studio holds in the scripted one."""


class Life:
    """A project from its beginning to its end, told without ids and moments.

    Args:
        admin: The administrator's door to a Label Studio.
    """

    def __init__(self, admin: Studio) -> None:
        self.admin = admin
        self._numbers: dict[tuple[str, int], int] = {}
        self._updated: dict[int, datetime] = {}

    def told(self) -> dict[str, Any]:
        """What is there after each step, by the step."""
        return {what: self._plain(seen) for what, seen in self._steps()}

    def _steps(self) -> Iterator[tuple[str, Any]]:
        admin = self.admin
        mia = admin.create_user("mia@scripted.localhost", PASSWORD, "Mia", "Miller")
        noa = admin.create_user("noa@scripted.localhost", PASSWORD)
        ours = [one for one in admin.users() if one.id in (mia.id, noa.id)]
        yield "people", (mia, noa, ours, admin.me().email)
        made = admin.create_project(
            "Moods", f"\n{SENTIMENT}\n", " Be kind. ", "Of letters.\n", {"show_skip_button": False}
        )
        self.studio = admin.beside(made.id)
        yield "project", (made, self.studio.project(), admin.descriptions()[made.id])
        self.studio.import_tasks([{"text": f"Letter {number}"} for number in range(4)])
        yield "import", self._state()
        tasks = [task.id for task in self.studio.tasks()]
        yield from self._predicted(tasks)
        yield from self._answered(tasks, mia, noa)
        yield from self._given_to_more(tasks)
        yield from self._taken_back(tasks, mia)
        yield from self._tabs(tasks)
        self.studio.delete_project()
        with pytest.raises(StudioRefused):
            self.studio.project()

    def _predicted(self, tasks: list[int]) -> Iterator[tuple[str, Any]]:
        self.studio.import_predictions(
            [
                new_prediction(tasks[0]),
                new_prediction(tasks[0], 0.7, "v2"),
                new_prediction(tasks[1]),
            ]
        )
        yield "predictions", self._state()
        self.studio.update_project(model_version="v2", description=" Of mails. ")
        yield "version", self.studio.project()
        with pytest.raises(StudioRefused):
            self.studio.update_project(model_version="v3")
        yield "known versions", [self.studio.is_predicted(one) for one in ("v1", "v2", "v3")]

    def _answered(
        self, tasks: list[int], mia: StudioUser, noa: StudioUser
    ) -> Iterator[tuple[str, Any]]:
        first = next(iter(self.studio.tasks()))
        own = Studio(
            self.admin.url,
            legacy_token(self.admin.url, mia.email, PASSWORD),
            self.studio.project_id,
        )
        answer = NewAnnotation(
            tasks[0], choice_result("negative"), mia.id, str(UUID(int=first.id)),
            parent_prediction=first.predictions[0].id, lead_time=4.5,
        )  # fmt: skip
        own.create_annotation(answer)
        yield "an answer", self._state()
        yield "the same again", (self.studio.create_annotation(answer), self._state())
        self.studio.create_annotation(
            NewAnnotation(
                tasks[0], [], noa.id, str(UUID(int=1 << 64 | first.id)), ground_truth=True
            )
        )
        yield "in another's name", self._state()

    def _given_to_more(self, tasks: list[int]) -> Iterator[tuple[str, Any]]:
        self.studio.set_overlap(tasks[0], 3)
        yield "three people", self._state()
        self.studio.set_overlaps({tasks[0]: 2, tasks[1]: 2, tasks[2]: 1}, finished=[tasks[2]])
        yield "many overlaps", self._state()
        for overlap in (3, 1, 2):
            self.studio.set_common_overlap(overlap)
            yield f"{overlap} people for all", self._state()
        self.studio.import_tasks([{"text": "Letter 4"}])
        yield "one more task", self._state()
        yield from self._read_in_parts(tasks)

    def _read_in_parts(self, tasks: list[int]) -> Iterator[tuple[str, Any]]:
        studio, own = self.studio, self.studio.project_id
        yield "some tasks", list(studio.tasks_of([tasks[2], tasks[0], ABSENT]))
        yield "what some show", list(studio.shown_data_of([tasks[1], ABSENT]).values())
        yield "all overlaps", list(studio.overlaps().values())
        latest = max(self._updated.values())
        changed = studio.beside(own)
        changed.paging = Paging(look_back=timedelta(0))
        yield (
            "what changed last",
            [self._number("task", one) for one in changed.changed_since(latest)],
        )
        yield "one of the projects", list(studio.projects_of([own]).values())
        yield "has a clock", studio.answered_at is not None

    def _taken_back(self, tasks: list[int], mia: StudioUser) -> Iterator[tuple[str, Any]]:
        first = next(iter(self.studio.tasks()))
        self.studio.delete_predictions([first.predictions[0].id])
        yield "a prediction gone", self._state()
        self.studio.clear_predictions(tasks[:2])
        yield "all predictions gone", self._state()
        self.studio.delete_annotations_of(mia.id, tasks)
        yield "one person's answers gone", self._state()
        self.studio.delete_annotations([first.annotations[-1].id])
        yield "an answer gone", self._state()

    def _tabs(self, tasks: list[int]) -> Iterator[tuple[str, Any]]:
        studio = self.studio
        some = studio.save_view("Mia", tasks[:3], ["tasks:predictions_score"])
        none = studio.save_view("Noa", [])
        yield "tabs", (some, none, studio.views())
        studio.order_views([none.id, some.id])
        again = studio.save_view("Mia", tasks[1:2], [], some.id)
        yield "tabs in another order", (again, studio.views())
        studio.add_default_view()
        studio.delete_view(none.id)
        yield "tabs left", studio.views()

    def _state(self) -> tuple[Any, ...]:
        """What the project holds, and which tasks changed since it was last looked at."""
        tasks = list(self.studio.tasks())
        moved = [task.id for task in tasks if task.updated_at != self._updated.get(task.id)]
        self._updated = {task.id: task.updated_at for task in tasks}
        return self.studio.project(), tasks, [self._number("task", one) for one in moved]

    def _plain(self, seen: Any, name: str = "") -> Any:
        """Put what was seen into words that do not depend on which Label Studio it was."""
        if is_dataclass(seen):
            noun = type(seen).__name__.removeprefix("Studio").lower()
            return {
                one.name: self._plain(
                    getattr(seen, one.name), one.name if one.name != "id" else noun
                )
                for one in fields(seen)
            }
        if isinstance(seen, list | tuple):
            return [self._plain(one) for one in seen]
        if isinstance(seen, range):
            return [self._number("task", one) for one in seen]
        if isinstance(seen, datetime):
            return "a moment"
        noun = NOUNS.get(name, name)
        if isinstance(seen, int) and noun in NUMBERED:
            return self._number(noun, seen)
        return seen

    def _number(self, noun: str, number: int) -> int:
        """Number what there is of a noun, in the order in which it was seen."""
        return self._numbers.setdefault((noun, number), len(self._numbers))


NUMBERED = ("project", "task", "annotation", "prediction", "user", "view")
NOUNS = {
    "completed_by": "user",
    "updated_by": "user",
    "parent_prediction": "prediction",
}
"""What fields refer to, where their name does not tell."""
