"""A step of the training, killed anywhere and run again, ends as if nobody had killed it."""

import signal
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Literal, TypeAlias

import pytest

from routing.studio import Studio
from tandem.servers.label_studio import LabelStudioServer
from tests.support.blind_projects import People
from tests.support.killing.points import Kill, Point, Progress
from tests.support.label_configs import SENTIMENT
from tests.support.training import TrainedProject, known_answers

Moment: TypeAlias = Literal["arrival", "results"]
"""What the step comes to. Arrival: two people are new. Results: one has passed the exam, and one
has failed the first attempt."""

NewTrainedProject: TypeAlias = Callable[[Moment], TrainedProject]

KILLS: list[tuple[Moment, str, Progress, int]] = [
    ("arrival", "the ledger's states of people", "unconfirmed", 1),
    ("arrival", "the ledger's states of people", "confirmed", 1),
    ("arrival", "the ledger's planned writes", "confirmed", 1),
    ("arrival", "the blind project", "unconfirmed", 1),
    ("arrival", "the blind project", "confirmed", 1),
    ("arrival", "tasks of the blind project", "unconfirmed", 1),
    ("arrival", "tasks of the blind project", "confirmed", 1),
    ("arrival", "the ledger's finished writes", "unconfirmed", 2),
    ("arrival", "a new tab", "unconfirmed", 1),
    ("arrival", "a new tab", "confirmed", 2),
    ("results", "the ledger's states of people", "unconfirmed", 1),
    ("results", "the ledger's states of people", "confirmed", 1),
    ("results", "the tasks of a tab", "unconfirmed", 1),
    ("results", "the tasks of a tab", "confirmed", 2),
]
"""The moment, what is written when the step is killed, and the how manieth time. What is called the
blind project here is whichever project is made."""


@pytest.fixture(scope="module")
def new_trained_project(
    label_studio: LabelStudioServer,
    people: People,
    tmp_path_factory: pytest.TempPathFactory,
) -> NewTrainedProject:
    """Makes a project that has come to a moment."""
    ana, ben, _ = people
    admin = Studio(label_studio.url, label_studio.token)

    def make(moment: Moment) -> TrainedProject:
        made = admin.create_project("Killed in training", SENTIMENT)
        admin.beside(made.id).import_tasks([{"text": "A text"}])
        folder = tmp_path_factory.mktemp("trained")
        project = TrainedProject(
            label_studio.url,
            label_studio.token,
            made.id,
            f"sqlite:///{folder}/ledger.sqlite3",
            {
                "studio": {"url": label_studio.url},
                "backend": {"url": "http://127.0.0.1:9"},
                "reviewers": [{"email": one.email} for one in (ana, ben)],
                "quality": {
                    "training": "both",
                    "training_items": 2,
                    "exam_controls": 6,
                    "exam_skill": 0.5,
                    "exam_probability": 0.9,
                },
            },
            known_answers(14),
        )
        if moment == "results":
            for _ in range(2):
                project.step()
                project.answer("Ana", ana.id, right=True)
                project.answer("Ben", ben.id, right=False)
        return project

    return make


@pytest.fixture(scope="module")
def undisturbed(
    new_trained_project: NewTrainedProject, tmp_path_factory: pytest.TempPathFactory
) -> Mapping[Moment, Mapping[str, Any]]:
    """What a step leaves that nobody kills."""
    states: dict[Moment, Mapping[str, Any]] = {}
    moments: tuple[Moment, ...] = ("arrival", "results")
    for moment in moments:
        project = new_trained_project(moment)
        code, visits = project.run(tmp_path_factory.mktemp("undisturbed"))
        assert code == 0
        reached = Counter({(one.written, one.progress): times for one, times in visits.items()})
        for at, written, progress, visit in KILLS:
            assert at != moment or reached[written, progress] >= visit, (written, progress)
        states[moment] = project.state()
    return states


def test_undisturbed_steps_send_let_in_and_ask_again(
    undisturbed: Mapping[Moment, Mapping[str, Any]],
) -> None:
    assert [title for title, _ in undisturbed["arrival"]["tabs"]] == [
        "Default",
        "Ana · 2 left",
        "Ben · 2 left",
    ]
    (_, ana), (_, ben) = undisturbed["results"]["tabs"][1:]
    assert ana == ["passed 0"]
    assert [one.split()[0] for one in ben] == ["exam"] * 5
    states = [(person, state) for person, _, state, _ in undisturbed["results"]["events"]]
    assert states == [
        (0, "in training"),
        (0, "active"),
        (1, "in training"),
        (1, "in training"),
    ]


@pytest.mark.parametrize(
    ("moment", "written", "progress", "visit"),
    KILLS,
    ids=[f"{moment}, {visit} of {written}, {p}" for moment, written, p, visit in KILLS],
)
def test_a_killed_step_that_is_run_again_ends_as_if_undisturbed(
    new_trained_project: NewTrainedProject,
    undisturbed: Mapping[Moment, Mapping[str, Any]],
    tmp_path: Path,
    moment: Moment,
    written: str,
    progress: Progress,
    visit: int,
) -> None:
    project = new_trained_project(moment)
    code, _ = project.run(tmp_path, Kill(Point(written, progress), visit))
    assert code == -signal.SIGKILL
    code, _ = project.run(tmp_path)
    assert code == 0
    ended = project.state()
    for part, left in undisturbed[moment].items():
        assert ended[part] == left, part
