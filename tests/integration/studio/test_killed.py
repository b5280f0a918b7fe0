"""`tandem sync` killed anywhere and run again ends as if nobody had killed it."""

import signal
from collections import Counter
from collections.abc import Iterator
from typing import Any, get_args

import pytest

from labeling.settings.settings import Settings
from routing.model.client import BackendClient
from routing.model.connect import connect
from routing.studio import Studio
from tandem.servers.backend import BackendServer
from tandem.servers.label_studio import LabelStudioServer
from tests.integration.studio.conftest import PASSWORD
from tests.support.killing.project import REVIEWERS, Course, Moment, texts
from tests.support.label_configs import SENTIMENT

pytestmark = [pytest.mark.studio, pytest.mark.model]

IMPORT = "POST /api/projects/N/import/predictions"
MAKE = "POST /api/projects/"
TWINS = "POST /api/projects/N/import"
ANSWER = "POST /api/tasks/N/annotations/"
OVERLAP = "PATCH /api/tasks/N/"
TAB = "POST /api/dm/views/"
FILL = "PATCH /api/dm/views/N/"
POINTS: list[tuple[Moment, str, int]] = [
    ("first", "UPDATE alembic_version, before its commit", 1),
    ("first", "POST /user/signup/, sent", 1),
    ("first", "INSERT INTO task, after its commit", 1),
    ("first", "POST /predict, answered", 2),
    ("first", "INSERT INTO write, after its commit", 1),
    ("first", f"{IMPORT}, sent", 1),
    ("first", f"{IMPORT}, answered", 1),
    ("first", "UPDATE write, after its commit", 1),
    ("first", "INSERT INTO prediction, before its commit", 1),
    ("first", "PATCH /api/ml/N, sent", 1),
    ("first", "INSERT INTO round, before its commit", 1),
    ("first", "INSERT INTO decision, after its commit", 1),
    ("first", f"{MAKE}, sent", 1),
    ("first", f"{MAKE}, answered", 1),
    ("first", "POST /api/webhooks/, answered", 1),
    ("first", f"{TWINS}, sent", 1),
    ("first", f"{TWINS}, answered", 1),
    ("first", "INSERT INTO assignment, after its commit", 1),
    ("first", f"{OVERLAP}, answered", 6),
    ("first", f"{TAB}, sent", 1),
    ("freeze", "INSERT INTO annotation, before its commit", 1),
    ("freeze", "POST /learn, answered", 1),
    ("freeze", f"{IMPORT}, answered", 1),
    ("freeze", "PATCH /api/ml/N, answered", 1),
    ("freeze", "INSERT INTO member, before its commit", 1),
    ("freeze", "INSERT INTO member, after its commit", 1),
    ("freeze", "INSERT INTO checked, after its commit", 1),
    ("freeze", "INSERT INTO decision, after its commit", 1),
    ("freeze", f"{TWINS}, answered", 1),
    ("freeze", f"{FILL}, sent", 1),
    ("freeze", f"{ANSWER}, answered", 12),
    ("certify", "INSERT INTO checked, after its commit", 1),
    ("certify", "INSERT INTO population, before its commit", 1),
    ("certify", "INSERT INTO population, after its commit", 1),
    ("certify", "INSERT INTO decision, after its commit", 1),
    ("certify", f"{ANSWER}, sent", 1),
    ("certify", f"{ANSWER}, answered", 40),
    ("certify", f"{FILL}, answered", 1),
    ("certify", "UPDATE write, before its commit", 3),
]
"""Where a pass is killed: at which moment of the course, where in the pass, at which visit."""


@pytest.fixture(scope="module")
def course(
    label_studio: LabelStudioServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Course]:
    """The project, connected to a real backend, with nothing done yet."""
    admin = Studio(label_studio.url, label_studio.token)
    project = admin.create_project("Killed", SENTIMENT)
    studio = Studio(label_studio.url, label_studio.token, project.id)
    studio.import_tasks([{"text": text} for text in texts()])
    for email in REVIEWERS:
        studio.create_user(email, PASSWORD)
    course = Course(label_studio, studio, tmp_path_factory.mktemp("killed"))
    with BackendServer(course.folder / "backend") as backend:
        course.write_settings(backend.url)
        connect(
            studio,
            BackendClient(backend.url),
            Settings.model_validate({"backend": {"url": backend.url}}),
        )
        yield course


@pytest.fixture(scope="module")
def undisturbed(course: Course) -> dict[Moment, dict[str, Any]]:
    """What passes leave behind that nobody kills."""
    left: dict[Moment, dict[str, Any]] = {}
    for moment in get_args(Moment):
        course.keep(moment)
        course.finish_pass()
        left[moment] = course.state()
        course.answer_all()
    return left


def test_an_undisturbed_course_does_all_that_a_pass_can(
    undisturbed: dict[Moment, dict[str, Any]],
) -> None:
    done = {kind for moment in undisturbed.values() for kind, _ in moment["writes"]}
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
    }
    first, frozen, certified = undisturbed.values()
    assert (len(first["overlaps"]), first["populations"]) == (80, [])
    assert {one.state for one in frozen["checks"]} == {"waiting"}
    assert {one.state for one in certified["checks"]} == {"answered"}
    kinds = Counter(kind for _, kind, *_ in certified["decisions"].values())
    assert kinds == {"pilot": 12, "audit": 10, "accept": 58}
    assert not certified["pending"]


@pytest.mark.parametrize(
    ("moment", "point", "visit"), POINTS, ids=[f"{m} pass, {p}, {n}" for m, p, n in POINTS]
)
def test_a_killed_pass_that_is_run_again_ends_as_if_undisturbed(
    course: Course,
    undisturbed: dict[Moment, dict[str, Any]],
    moment: Moment,
    point: str,
    visit: int,
) -> None:
    course.bring_back(moment)
    killed = course.make_pass(KILL_AT=point, KILL_COUNT=str(visit))
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    course.finish_pass()
    ended = course.state()
    assert ended.keys() == undisturbed[moment].keys()
    for part, expected in undisturbed[moment].items():
        assert ended[part] == expected, part
