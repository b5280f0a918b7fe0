"""States of people on a real Label Studio: who is asked, whose answers count, killed anywhere.

Nobody's annotation is ever touched.
"""

import signal
from collections import Counter
from collections.abc import Mapping
from typing import Any

import pytest

from labeling.settings.quality_section import QualitySettings
from labeling.settings.settings import Settings
from routing.ledger.people import PersonEvent, person_events, record_person_events
from routing.model.client import client_of
from routing.model.connect import connect
from routing.people.supervise import supervise
from routing.studio import Studio
from tandem.people.state_change import Change, change_state
from tandem.servers.backend import BackendServer
from tandem.servers.label_studio import LabelStudioServer
from tandem.session import Session
from tests.integration.studio.conftest import PASSWORD, NewLoop
from tests.support.control_answers import answered
from tests.support.killing.passes import Job, errors_of_pass
from tests.support.killing.points import Kill, Point, Progress
from tests.support.killing.project import Moment, RestorableProject, texts
from tests.support.label_configs import SENTIMENT
from tests.support.loops import Loop, Person

pytestmark = pytest.mark.studio

People = tuple[Person, Person, Person]


def open_work(loop: Loop, *people: Person) -> list[int]:
    """How much waits for each of these people."""
    return [len(loop.asked(one)) for one in people]


def found_careless(loop: Loop, carl: Person) -> list[PersonEvent]:
    """What follows once Carl missed eight control tasks, recorded as a pass records it."""
    events, answers = person_events(loop.ledger), answered(carl.id, "-" * 8)
    became = supervise(events, answers, (), QualitySettings(), loop.clock())
    record_person_events(loop.ledger, became)
    return became


def say(loop: Loop, change: Change, person: Person) -> None:
    session = Session(loop.settings, loop.studio, loop.backend, loop.ledger)
    change_state(session, change, person.email, "so")


def test_carl_is_paused_resumed_and_excluded_and_his_annotations_stay(
    new_loop: NewLoop, people: People
) -> None:
    ana, ben, carl = people
    loop = new_loop(*[0.5] * 6, max_votes=1)
    loop.staff(*people)
    loop.sync()
    assert open_work(loop, ana, ben, carl) == [2, 2, 2]

    assert [one.state for one in found_careless(loop, carl)] == ["paused"]
    loop.sync()
    assert open_work(loop, ana, ben, carl) == [3, 3, 0]

    say(loop, "resume", carl)
    loop.answer_all("positive", ben)
    loop.staff(carl)
    loop.sync()
    assert open_work(loop, carl) == [3], "he is asked again"
    assert person_events(loop.ledger)[-1].by == loop.studio.me().email

    loop.answer_all("negative", carl)
    loop.staff(*people)
    assert loop.sync().remaining == 0
    given = loop.annotations()
    say(loop, "exclude", carl)
    report = loop.sync()
    assert report.standing.of_excluded == 3
    assert sum(open_work(loop, ana, ben)) == 3
    assert open_work(loop, carl) == [0]
    assert loop.annotations() == given

    loop.answer_all("positive", ana, ben)
    assert loop.sync().remaining == 0
    assert [one for one in loop.annotations() if one in given] == given
    say(loop, "resume", carl)
    assert loop.sync().standing.of_excluded == 0


REVIEWERS = ("carla@kill.localhost", "nina@kill.localhost", "otto@kill.localhost")

KILLS: list[tuple[Moment, str, Progress]] = [
    ("paused", "the ledger's assignments", "unconfirmed"),
    ("paused", "the ledger's assignments", "confirmed"),
    ("paused", "the ledger's planned writes", "confirmed"),
    ("paused", "the tasks of a tab", "unconfirmed"),
    ("paused", "the tasks of a tab", "confirmed"),
    ("paused", "the ledger's finished writes", "unconfirmed"),
    ("excluded", "the ledger's annotations", "confirmed"),
    ("excluded", "the ledger's assignments", "confirmed"),
    ("excluded", "the ledger's planned writes", "unconfirmed"),
    ("excluded", "the ledger's planned writes", "confirmed"),
    ("excluded", "the tasks of a tab", "confirmed"),
    ("excluded", "the ledger's finished writes", "confirmed"),
    ("resumed", "the ledger's assignments", "confirmed"),
    ("resumed", "the ledger's planned writes", "confirmed"),
    ("resumed", "the tasks of a tab", "confirmed"),
]
"""After which word a pass begins, and what it writes first when it is killed."""

WORDS: Mapping[Moment, Job] = {"paused": "pause", "excluded": "exclude", "resumed": "resume"}


@pytest.fixture(scope="module")
def project(
    label_studio: LabelStudioServer,
    backend_server: BackendServer,
    tmp_path_factory: pytest.TempPathFactory,
) -> RestorableProject:
    """A project whose pilot is asked of three people, one of whom answered half of their part.

    So nothing is learned yet: the backend, which is not restored, stays as it is.
    """
    admin = Studio(label_studio.url, label_studio.token)
    made = admin.create_project("States of people", SENTIMENT)
    studio = Studio(label_studio.url, label_studio.token, made.id)
    studio.import_tasks([{"text": text} for text in texts()])
    for email in REVIEWERS:
        studio.create_user(email, PASSWORD)
    settings = Settings.model_validate(
        {"studio": {"url": label_studio.url}, "backend": {"url": backend_server.url}}
    )
    connect(studio, client_of(settings), settings)
    folder = tmp_path_factory.mktemp("people")
    project = RestorableProject(label_studio, studio, backend_server.url, folder, REVIEWERS)
    project.finish_pass()
    project.answer_all(by=REVIEWERS[0], most=4)
    project.finish_pass()
    return project


@pytest.fixture(scope="module")
def undisturbed(
    project: RestorableProject,
) -> Mapping[Moment, tuple[Counter[Point], Mapping[str, Any]]]:
    """What the pass after each word comes to, and what it leaves, killed nowhere."""
    found = {}
    for moment, word in WORDS.items():
        project.finish_pass(word)
        project.save(moment)
        found[moment] = project.finish_pass(), project.state()
    return found


def test_undisturbed_items_move_on_and_votes_are_asked_again(
    undisturbed: Mapping[Moment, tuple[Counter[Point], Mapping[str, Any]]],
) -> None:
    paused, excluded, resumed = (state for _, state in undisturbed.values())
    [first] = {one.worker for one in resumed["people"]}

    def counted(state: Mapping[str, Any]) -> Counter[tuple[bool, str]]:
        """Who is asked what in the blind project, the first reviewer or another one."""
        assigned = state["blind project"]["assignments"].items()
        return Counter((worker == first, now) for (_, worker), now in assigned)

    assert [one.state for one in resumed["people"]] == ["paused", "excluded", "active"]
    assert counted(paused)[True, "done"] == 4
    assert counted(paused)[True, "withdrawn"] > 0
    assert counted(paused)[True, "open"] == counted(excluded)[True, "open"] == 0
    assert counted(paused)[False, "open"] == 24 - 4, "two votes on each of twelve"
    assert counted(excluded)[False, "open"] == 24
    assert counted(resumed)[False, "open"] + counted(resumed)[True, "open"] == 24 - 4
    assert paused["annotations"] == excluded["annotations"] == resumed["annotations"]


@pytest.mark.parametrize(
    ("moment", "written", "progress"), KILLS, ids=[f"{m}, {w}, {p}" for m, w, p in KILLS]
)
def test_a_killed_pass_that_is_run_again_ends_as_if_undisturbed(
    project: RestorableProject,
    undisturbed: Mapping[Moment, tuple[Counter[Point], Mapping[str, Any]]],
    moment: Moment,
    written: str,
    progress: Progress,
) -> None:
    visits, expected = undisturbed[moment]
    point = Point(written, progress)
    assert visits[point], f"a pass comes to {point}"
    project.restore(moment)
    code = project.run_pass(Kill(point, (visits[point] + 1) // 2))
    assert code == -signal.SIGKILL, errors_of_pass(project.folder)
    project.finish_pass()
    ended = project.state()
    for part, left in expected.items():
        assert ended[part] == left, part


@pytest.mark.parametrize("progress", ["unconfirmed", "confirmed"])
def test_a_killed_word_that_is_said_again_ends_as_if_undisturbed(
    project: RestorableProject,
    undisturbed: Mapping[Moment, tuple[Counter[Point], Mapping[str, Any]]],
    progress: Progress,
) -> None:
    _, expected = undisturbed["resumed"]
    project.restore("excluded")
    project.finish_pass()
    code = project.run_pass(Kill(Point("the ledger's states of people", progress), 1), "resume")
    assert code == -signal.SIGKILL, errors_of_pass(project.folder)
    project.finish_pass("resume")
    project.finish_pass()
    ended = project.state()
    for part, left in expected.items():
        assert ended[part] == left, part
