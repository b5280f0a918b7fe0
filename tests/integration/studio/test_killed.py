"""A pass, or a disconnection, killed anywhere and run again ends as if nobody had killed it."""

import json
import signal
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import pytest

from labeling.settings.settings import Settings
from routing.model.client import client_of
from routing.model.connect import connect
from routing.studio import Studio
from routing.studio.models import StudioAnnotation
from tandem.servers.backend import BackendServer
from tandem.servers.label_studio import LabelStudioServer
from tests.integration.studio.conftest import PASSWORD
from tests.support.killing.passes import errors_of_pass
from tests.support.killing.points import Kill, Point, Progress
from tests.support.killing.project import REVIEWERS, Moment, RestorableProject, texts
from tests.support.label_configs import SENTIMENT

Which: TypeAlias = Literal["first", "middle", "last"]

PASSES: tuple[Moment, ...] = ("first", "freeze", "certify")

KILLS: list[tuple[Moment, str, Progress, Which]] = [
    ("first", "the ledger's schema", "unconfirmed", "first"),
    ("first", "the model's user", "unconfirmed", "first"),
    ("first", "the ledger's tasks", "confirmed", "first"),
    ("first", "answers of the model", "confirmed", "last"),
    ("first", "the ledger's planned writes", "confirmed", "first"),
    ("first", "predictions", "unconfirmed", "first"),
    ("first", "predictions", "confirmed", "first"),
    ("first", "the ledger's finished writes", "confirmed", "first"),
    ("first", "the ledger's predictions", "unconfirmed", "first"),
    ("first", "the model version", "unconfirmed", "first"),
    ("first", "the ledger's round", "unconfirmed", "first"),
    ("first", "the ledger's decisions", "confirmed", "first"),
    ("first", "a new project", "unconfirmed", "first"),
    ("first", "a new project", "confirmed", "first"),
    ("first", "the webhook", "confirmed", "first"),
    ("first", "tasks of a project", "unconfirmed", "first"),
    ("first", "tasks of a project", "confirmed", "first"),
    ("first", "the ledger's assignments", "confirmed", "first"),
    ("first", "the ledger's overlaps", "unconfirmed", "first"),
    ("first", "a new tab", "unconfirmed", "first"),
    ("freeze", "the ledger's annotations", "unconfirmed", "first"),
    ("freeze", "what the model learned", "confirmed", "first"),
    ("freeze", "the end of many at once", "confirmed", "first"),
    ("freeze", "predictions", "confirmed", "first"),
    ("freeze", "the model version", "confirmed", "first"),
    ("freeze", "the ledger's frozen labels", "unconfirmed", "first"),
    ("freeze", "the ledger's frozen labels", "confirmed", "first"),
    ("freeze", "the ledger's audits", "confirmed", "first"),
    ("freeze", "the ledger's decisions", "confirmed", "first"),
    ("freeze", "tasks of a project", "confirmed", "first"),
    ("freeze", "the tasks of a tab", "unconfirmed", "first"),
    ("freeze", "an annotation", "confirmed", "last"),
    ("certify", "the ledger's audits", "confirmed", "first"),
    ("certify", "the ledger's population", "unconfirmed", "first"),
    ("certify", "the ledger's population", "confirmed", "first"),
    ("certify", "the ledger's decisions", "confirmed", "first"),
    ("certify", "an annotation", "unconfirmed", "first"),
    ("certify", "an annotation", "confirmed", "middle"),
    ("certify", "the tasks of a tab", "confirmed", "first"),
    ("certify", "the ledger's finished writes", "unconfirmed", "middle"),
]
"""The moment at which a pass begins, what it writes when it is killed, and at which such write."""


KILLS_OF_DISCONNECTING: list[tuple[str, Progress, Which]] = [
    ("the ledger's planned writes", "confirmed", "first"),
    ("an annotation", "unconfirmed", "first"),
    ("an annotation", "confirmed", "middle"),
    ("the ledger's finished writes", "unconfirmed", "middle"),
    ("the end of the blind project", "unconfirmed", "first"),
    ("the end of the blind project", "confirmed", "first"),
    ("the end of a tab", "confirmed", "first"),
    ("the end of a webhook", "unconfirmed", "first"),
    ("the end of the connection", "confirmed", "first"),
    ("the end of many at once", "confirmed", "first"),
    ("the end of many at once", "confirmed", "last"),
    ("the end of the model's user", "confirmed", "first"),
    ("the project's own fields", "unconfirmed", "last"),
    ("the project's own fields", "confirmed", "last"),
]
"""What a disconnection writes when it is killed, and at which such write."""


@dataclass(frozen=True)
class Undisturbed:
    """A pass that nobody kills.

    Attributes:
        visits: How often it came to each point.
        state: What it left behind.
    """

    visits: Counter[Point]
    state: Mapping[str, Any]

    def visit(self, point: Point, which: Which) -> int:
        """Return the number of the first, middle or last visit of a point."""
        count = self.visits[point]
        return {"first": 1, "middle": (count + 1) // 2, "last": count}[which]


@pytest.fixture(scope="module")
def project(
    label_studio: LabelStudioServer,
    backend_server: BackendServer,
    tmp_path_factory: pytest.TempPathFactory,
) -> RestorableProject:
    """The project, connected to a real backend, with nothing done yet."""
    admin = Studio(label_studio.url, label_studio.token)
    made = admin.create_project("Killed", SENTIMENT)
    studio = Studio(label_studio.url, label_studio.token, made.id)
    studio.import_tasks([{"text": text} for text in texts()])
    for email in REVIEWERS:
        studio.create_user(email, PASSWORD)
    settings = Settings.model_validate(
        {"studio": {"url": label_studio.url}, "backend": {"url": backend_server.url}}
    )
    connect(studio, client_of(settings), settings)
    folder = tmp_path_factory.mktemp("killed")
    return RestorableProject(label_studio, studio, folder, backend_server)


@pytest.fixture(scope="module")
def undisturbed(project: RestorableProject) -> Mapping[Moment, Undisturbed]:
    """The pass that begins at each moment, killed nowhere."""
    passes: dict[Moment, Undisturbed] = {}
    for moment in PASSES:
        project.save(moment)
        visits = project.finish_pass()
        passes[moment] = Undisturbed(visits, project.state())
        project.answer_all()
    return passes


def test_undisturbed_passes_do_all_that_a_pass_can(
    undisturbed: Mapping[Moment, Undisturbed],
) -> None:
    states = [one.state for one in undisturbed.values()]
    done = {kind for state in states for kind, _ in state["writes"]}
    assert done == {
        "project.mark",
        "project.create",
        "webhook",
        "task.create",
        "prediction.create",
        "backend.title",
        "annotation.create",
        "annotation.copy",
        "project.overlap",
        "tab",
        "project.directions",
        "project.show_instruction",
    }
    first, frozen, certified = states
    assert (len(first["overlaps"]), first["populations"]) == (80, [])
    assert {one.state for one in frozen["checks"]} == {"waiting"}
    assert {one.state for one in certified["checks"]} == {"answered"}
    kinds = Counter(kind for _, kind, *_ in certified["decisions"].values())
    assert kinds == {"pilot": 12, "audit": 5, "accept": 63}
    assert not certified["pending"]


@pytest.mark.parametrize(
    ("moment", "written", "progress", "which"),
    KILLS,
    ids=[f"{moment} pass, {which} of {written}, {p}" for moment, written, p, which in KILLS],
)
def test_a_killed_pass_that_is_run_again_ends_as_if_undisturbed(
    project: RestorableProject,
    undisturbed: Mapping[Moment, Undisturbed],
    moment: Moment,
    written: str,
    progress: Progress,
    which: Which,
) -> None:
    point, expected = Point(written, progress), undisturbed[moment]
    project.restore(moment)
    code = project.run_pass(Kill(point, expected.visit(point, which)))
    assert code == -signal.SIGKILL, errors_of_pass(project.folder)
    project.finish_pass()
    ended = project.state()
    assert ended.keys() == expected.state.keys()
    for part, left in expected.state.items():
        assert ended[part] == left, part


@pytest.fixture(scope="module")
def left(project: RestorableProject, undisturbed: Mapping[Moment, Undisturbed]) -> Undisturbed:
    """A disconnection once all is done, killed nowhere."""
    assert undisturbed
    project.answer_blind_unasked(tasks=4)
    project.save("leave")
    visits = project.finish_pass("disconnect")
    return Undisturbed(visits, project.left())


def test_an_undisturbed_disconnection_leaves_people_s_work_and_nothing_else(
    project: RestorableProject, left: Undisturbed
) -> None:
    assert set(left.state["projects"]) == {"Killed"}
    assert [one.title for one in left.state["tabs"]] == ["Default"], "as Label Studio makes it"
    assert left.state["connections"] == []
    assert left.state["texts"] == ("", "", "")
    assert set(left.state["overlaps"].values()) <= {(1, True), (1, False)}
    assert "model@kill.localhost" not in left.state["users"]
    assert left.state["predictions"] == 0
    # Both reviewers answered each of the 17 that were asked blind, and somebody else four of them.
    assert len(left.state["answers"]) == 38
    [export] = (project.folder / "data").glob("blind-project-*.json")
    kept = json.loads(export.read_bytes())
    assert sum(len(task["annotations"]) for task in kept) == 38


@pytest.mark.parametrize(
    ("written", "progress", "which"),
    KILLS_OF_DISCONNECTING,
    ids=[f"{which} of {written}, {p}" for written, p, which in KILLS_OF_DISCONNECTING],
)
def test_a_killed_disconnection_that_is_run_again_ends_as_if_undisturbed(
    project: RestorableProject,
    left: Undisturbed,
    written: str,
    progress: Progress,
    which: Which,
) -> None:
    point = Point(written, progress)
    project.restore("leave")
    before = project.left()["answers"]
    code = project.run_pass(Kill(point, left.visit(point, which)), "disconnect")
    assert code == -signal.SIGKILL, errors_of_pass(project.folder)
    project.finish_pass("disconnect")
    ended = project.left()
    for part, expected in left.state.items():
        assert _without_ids(ended[part]) == _without_ids(expected), part
    model = {one.completed_by for one in before} - {one.completed_by for one in ended["answers"]}
    answered = [one for one in before if one.completed_by not in model]
    assert answered
    assert all(one in ended["answers"] for one in answered), "no answer of a person is touched"


def _without_ids(content: Any) -> Any:
    """Leave out of annotations the ids and times of those that are made anew each time."""
    if content and isinstance(content, list) and isinstance(content[0], StudioAnnotation):
        return Counter((one.task, one.completed_by, str(one.result)) for one in content)
    return content
