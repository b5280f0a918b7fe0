"""`tandem sync` killed anywhere and run again ends as if nobody had killed it."""

import signal
from collections.abc import Iterator
from typing import Any

import pytest

from labeling.settings import Settings
from routing.backend import BackendClient
from routing.connect import connect
from routing.studio import Studio
from tandem.demo.backend import BackendServer
from tandem.demo.label_studio import LabelStudioServer
from tests.conftest import LABEL_CONFIG
from tests.killing.course import REVIEWERS, Course, Moment, texts
from tests.studio.conftest import PASSWORD

pytestmark = [pytest.mark.studio, pytest.mark.model]

IMPORT = "POST /api/projects/N/import/predictions"
ACCEPT = "POST /api/tasks/N/annotations/"
RETRACT = "DELETE /api/annotations/N/"
OVERLAP = "PATCH /api/tasks/N/"
POINTS: list[tuple[Moment, str, int]] = [
    ("first", "INSERT INTO alembic_version, before its commit", 1),
    ("first", "POST /user/signup/, sent", 1),
    ("first", "POST /user/signup/, answered", 1),
    ("first", "GET /api/tasks/, answered", 1),
    ("first", "INSERT INTO task, after its commit", 1),
    ("first", "POST /learn, sent", 1),
    ("first", "POST /predict, answered", 2),
    ("first", "INSERT INTO write, after its commit", 1),
    ("first", f"{IMPORT}, sent", 1),
    ("first", f"{IMPORT}, answered", 1),
    ("first", "UPDATE write, before its commit", 1),
    ("first", "UPDATE write, after its commit", 1),
    ("first", "INSERT INTO prediction, before its commit", 1),
    ("first", "PATCH /api/ml/N, sent", 1),
    ("first", "PATCH /api/ml/N, answered", 1),
    ("first", "INSERT INTO round, before its commit", 1),
    ("first", "INSERT INTO decision, after its commit", 1),
    ("first", "INSERT INTO assignment, after its commit", 1),
    ("first", f"{ACCEPT}, sent", 1),
    ("first", f"{ACCEPT}, answered", 45),
    ("first", f"{ACCEPT}, answered", 90),
    ("first", "POST /api/dm/views/, sent", 1),
    ("first", "POST /api/dm/views/, answered", 2),
    ("first", "INSERT INTO annotation, before its commit", 1),
    ("second", "INSERT INTO annotation, before its commit", 1),
    ("second", "INSERT INTO decision, after its commit", 1),
    ("second", "POST /learn, answered", 1),
    ("second", f"{IMPORT}, before", 1),
    ("second", f"{IMPORT}, answered", 1),
    ("second", "PATCH /api/ml/N, answered", 1),
    ("second", "INSERT INTO round, after its commit", 1),
    ("second", "INSERT INTO decision, after its commit", 2),
    ("second", "INSERT INTO assignment, before its commit", 1),
    ("second", f"{RETRACT}, sent", 1),
    ("second", f"{RETRACT}, answered", 40),
    ("second", f"{OVERLAP}, sent", 1),
    ("second", f"{OVERLAP}, answered", 50),
    ("second", "PATCH /api/dm/views/N/, answered", 1),
]
"""Where a pass is killed: at which moment of the course, where in the pass, at which visit."""


@pytest.fixture(scope="module")
def course(
    label_studio: LabelStudioServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Course]:
    """The project, connected to a real backend, with nothing done yet."""
    admin = Studio(label_studio.url, label_studio.token)
    project = admin.create_project("Killed", LABEL_CONFIG)
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
    course.keep("first")
    course.finish_pass()
    first = course.state()
    course.answer_audits()
    course.keep("second")
    course.finish_pass()
    return {"first": first, "second": course.state()}


def test_an_undisturbed_course_does_all_that_a_pass_can(
    undisturbed: dict[Moment, dict[str, Any]],
) -> None:
    done = {kind for moment in undisturbed.values() for kind, _ in moment["writes"]}
    assert done == {
        "prediction.create",
        "backend.title",
        "annotation.create",
        "annotation.delete",
        "task.overlap",
        "tab",
    }
    assert len(undisturbed["first"]["overlaps"]) == 200
    assert not undisturbed["second"]["pending"]


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
