"""A pass that is killed anywhere and run again ends as if nobody had killed it."""

import signal
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias, get_args

import pytest

from labeling.settings.settings import Settings
from routing.model.client import BackendClient
from routing.model.connect import connect
from routing.studio import Studio
from tandem.servers.backend import BackendServer
from tandem.servers.label_studio import LabelStudioServer
from tests.integration.studio.conftest import PASSWORD
from tests.support.killing.passes import errors_of_pass
from tests.support.killing.points import Kill, Point, Progress
from tests.support.killing.project import REVIEWERS, Moment, RestorableProject, texts
from tests.support.label_configs import SENTIMENT

Which: TypeAlias = Literal["first", "middle", "last"]

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
    ("first", "the blind project", "unconfirmed", "first"),
    ("first", "the blind project", "confirmed", "first"),
    ("first", "the webhook", "confirmed", "first"),
    ("first", "tasks of the blind project", "unconfirmed", "first"),
    ("first", "tasks of the blind project", "confirmed", "first"),
    ("first", "the ledger's assignments", "confirmed", "first"),
    ("first", "an overlap", "confirmed", "middle"),
    ("first", "a new tab", "unconfirmed", "first"),
    ("freeze", "the ledger's annotations", "unconfirmed", "first"),
    ("freeze", "what the model learned", "confirmed", "first"),
    ("freeze", "predictions", "confirmed", "first"),
    ("freeze", "the model version", "confirmed", "first"),
    ("freeze", "the ledger's frozen labels", "unconfirmed", "first"),
    ("freeze", "the ledger's frozen labels", "confirmed", "first"),
    ("freeze", "the ledger's audits", "confirmed", "first"),
    ("freeze", "the ledger's decisions", "confirmed", "first"),
    ("freeze", "tasks of the blind project", "confirmed", "first"),
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
    settings = Settings.model_validate({"backend": {"url": backend_server.url}})
    connect(studio, BackendClient(backend_server.url), settings)
    folder = tmp_path_factory.mktemp("killed")
    return RestorableProject(label_studio, studio, backend_server.url, folder)


@pytest.fixture(scope="module")
def undisturbed(project: RestorableProject) -> Mapping[Moment, Undisturbed]:
    """The pass that begins at each moment, killed nowhere."""
    passes: dict[Moment, Undisturbed] = {}
    for moment in get_args(Moment):
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
        "project.create",
        "webhook",
        "task.create",
        "prediction.create",
        "backend.title",
        "annotation.create",
        "annotation.copy",
        "task.overlap",
        "tab",
        "project.directions",
        "project.show_instruction",
    }
    first, frozen, certified = states
    assert (len(first["overlaps"]), first["populations"]) == (80, [])
    assert {one.state for one in frozen["checks"]} == {"waiting"}
    assert {one.state for one in certified["checks"]} == {"answered"}
    kinds = Counter(kind for _, kind, *_ in certified["decisions"].values())
    assert kinds == {"pilot": 12, "audit": 10, "accept": 58}
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
