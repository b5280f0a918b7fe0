"""What a pass writes costs what changed, in few requests, however many tasks it is about."""

import pytest

from tests.integration.studio.conftest import NewLoop
from tests.support.blind_projects import blind_project_of
from tests.support.counted_requests import counted_requests
from tests.support.loops import Loop, Person

pytestmark = pytest.mark.studio

People = tuple[Person, Person, Person]
TASKS = 20
COPY = "POST /api/tasks/N/annotations/"
ONE_OVERLAP = "PATCH /api/tasks/N/"


def is_open(loop: Loop) -> set[bool]:
    """Whether streams of Label Studio may hand out tasks of this very project."""
    return {not one.is_labeled for one in loop.shown().values()}


def test_second_votes_of_many_tasks_take_no_request_a_task(
    new_loop: NewLoop, people: People
) -> None:
    loop = new_loop(*[0.75] * TASKS, pilot=TASKS, max_votes=3, settle_above=0.999, error_cost=1e5)
    loop.sync()
    loop.answer_all("positive", *people)
    with counted_requests(loop.studio.url) as requests:
        report = loop.sync()
    assert (report.decisions, report.owed) == ({"pilot": TASKS}, TASKS)
    assert requests.pop(COPY) == TASKS, "each answer is copied into the main project"
    assert requests[ONE_OVERLAP] == 0
    assert requests.total() <= 30, requests
    blind_project = blind_project_of(loop)
    assert is_open(blind_project) == {True}, "each is handed out to another person"

    loop.policy(max_votes=2)
    loop.answer_all("positive", *people)
    with counted_requests(loop.studio.url) as requests:
        assert loop.sync().owed == 0
    assert requests[ONE_OVERLAP] == 0
    assert (is_open(blind_project), is_open(loop)) == ({False}, {False})
    assert loop.sync().changes == []
