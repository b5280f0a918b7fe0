"""A pass whose backend is away does all that needs no model, and says what waits."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, cast

import pytest

from labeling.errors import BackendUnreachable
from labeling.form.form import parse
from labeling.protocol.connection import SetupResponse
from labeling.settings.settings import Settings
from routing.ledger import Ledger
from routing.sync import SyncReport, sync
from tests.support.memory_backend import MemoryBackend
from tests.support.memory_studio import (
    MODEL_USER,
    MemoryServer,
    MemoryStudio,
    answer_tabs,
)

TASKS = 80
POLICY = {"pilot": 20, "target_error": 0.2, "blind_share": 0, "max_votes": 1}


class FlakyBackend(MemoryBackend):
    """A backend that is away, fails for every task, or does its work, as the test says.

    Attributes:
        goes_at: The task before which it goes away; None: it stays.
    """

    is_up = True
    is_able = True
    goes_at: int | None = None

    def setup(self, project: int, config: str) -> SetupResponse:
        if not self.is_up:
            raise BackendUnreachable("The ML backend does not answer", where="http://gpu")
        return super().setup(project, config)

    def predict_parts(
        self, project: Any, config: str, tasks: Sequence[Mapping[str, Any]], size: int, *rest: Any
    ) -> Iterator[list[tuple[int, dict[str, Any]]]]:
        if self.is_able:
            yield from super().predict_parts(project, config, tasks[: self.goes_at], size, *rest)
        else:
            yield [(place, {"error": "no field"}) for place in range(len(tasks))]
        if self.goes_at is not None:
            raise BackendUnreachable("The ML backend does not answer", where="http://gpu")


class Project:
    def __init__(self, folder: Path) -> None:
        server = MemoryServer(["ada@x", "ben@x"])
        self.studio = MemoryStudio(server, server.new_project("Posts"))
        self.studio.import_tasks([{"text": f"Text {number}"} for number in range(TASKS)])
        self.backend = FlakyBackend(parse(server.label_config))
        self.ledger = Ledger(f"sqlite:///{folder}/ledger.sqlite3", self.studio.project_id)
        self.ledger.upgrade()
        reviewers = [{"email": email, "capacity": 1_000} for email in server.people]
        self.settings = Settings.model_validate(
            {
                "studio": {"model_user": MODEL_USER.email},
                "policy": POLICY,
                "reviewers": reviewers,
            }
        )

    def sync(self) -> SyncReport:
        return sync(cast(Any, self.studio), cast(Any, self.backend), self.ledger, self.settings)


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    project = Project(tmp_path)
    yield project
    project.ledger.close()


def test_nobody_is_asked_anything_before_the_model_answered_once(project: Project) -> None:
    project.backend.is_up = False

    report = project.sync()

    assert report.backend_problem == "The ML backend does not answer (http://gpu)."
    assert (report.labelled, report.decisions, report.owed) == (0, {}, 0)
    assert len(project.ledger.state().tasks) == TASKS

    project.backend.is_up = True
    report = project.sync()
    assert report.backend_problem is None
    assert (report.labelled, report.decisions) == (TASKS, {"pilot": 20})


def test_who_is_asked_of_half_the_answers_is_told_whose_they_were(project: Project) -> None:
    project.backend.goes_at = TASKS // 2

    report = project.sync()

    decided = project.ledger.state().decisions.values()
    assert report.backend_problem
    assert 0 < len(decided) < POLICY["pilot"]
    assert {one.model_version for one in decided} == {"memory-0"}


def test_a_model_that_answers_no_task_opens_no_pilot(project: Project) -> None:
    project.backend.is_able = False

    report = project.sync()

    assert report.backend_problem == f"The model answered none of {TASKS} tasks."
    assert len(report.failed) == TASKS
    assert (report.decisions, report.owed) == ({}, 0)


def test_what_people_said_is_read_and_their_tabs_follow(project: Project) -> None:
    project.sync()
    given = answer_tabs(project.studio, 1)
    assert given
    project.backend.is_up = False

    report = project.sync()

    state = project.ledger.state()
    assert report.backend_problem
    assert report.owed == 0
    assert report.changes, "tabs are brought up to date"
    assert len(state.rounds) == 1, "the model has not learned of it"
    assert not state.populations, "and nothing was frozen before it has"


def test_new_texts_wait_for_their_prediction(project: Project) -> None:
    project.sync()
    project.backend.is_up = False
    project.studio.import_tasks([{"text": f"New {number}"} for number in range(40)])

    assert project.sync().decisions == {}


def test_a_backend_that_is_away_at_every_second_pass_changes_nothing_in_the_end(
    tmp_path: Path,
) -> None:
    outcomes = []
    for name, is_flaky in (("steady", False), ("flaky", True)):
        (tmp_path / name).mkdir()
        project = Project(tmp_path / name)
        for turn in range(24):
            project.backend.is_up = not (is_flaky and turn % 2)
            project.sync()
            answer_tabs(project.studio, 0)
        state = project.ledger.state()
        outcomes.append((len(state.populations), {k: v.label for k, v in state.members.items()}))
        project.ledger.close()
    assert outcomes[0] == outcomes[1]
    assert outcomes[0][0], "something was frozen"
