"""What is done for Tandem is done for Label Studio: nothing stays open there, or comes up again."""

import httpx
import pytest

from tests.integration.studio.conftest import NewLoop
from tests.support.blind_projects import blind_project_of
from tests.support.loops import Loop, Person
from tests.support.passes import until_rest

pytestmark = pytest.mark.studio

People = tuple[Person, Person, Person]


def is_open(loop: Loop) -> dict[int, bool]:
    """Whether a stream of Label Studio may hand out each task of this very project."""
    return {number: not task.is_labeled for number, task in loop.shown().items()}


def is_handed_a_task(loop: Loop, person: Person) -> bool:
    """Whether Label Studio's own stream, without a tab, has a task for somebody."""
    answer = httpx.get(
        f"{person.url}/api/projects/{loop.studio.project_id}/next",
        headers={"Authorization": f"Token {person.token}"},
        timeout=60,
    )
    assert answer.status_code in (httpx.codes.OK, httpx.codes.NOT_FOUND)
    return answer.status_code == httpx.codes.OK


def test_a_project_that_asked_for_three_annotations_is_finished_once_it_is_certified(
    new_loop: NewLoop, people: People
) -> None:
    ana, ben, _ = people
    loop = new_loop(*[0.9] * 6, pilot=2, target_error=0.7)
    loop.studio.update_project(maximum_annotations=3)
    answered, *_ = loop.studio.task_ids()
    ben.answer(answered, "positive")
    assert {task.overlap for task in loop.studio.tasks()} == {3}
    loop.staff(ana, ben)
    until_rest(loop, ana, ben)
    assert loop.kinds_counted()["accept"]
    assert (any(is_open(loop).values()), is_handed_a_task(loop, ana)) == (False, False)
    blind_project = blind_project_of(loop)
    assert (any(is_open(blind_project).values()), is_handed_a_task(blind_project, ben)) == (
        False,
        False,
    )


def test_what_nobody_is_left_to_give_is_over_until_somebody_joins(
    new_loop: NewLoop, people: People
) -> None:
    ana, ben, _ = people
    loop = new_loop(0.6, 0.6, pilot=2)
    loop.staff(ana)
    loop.sync()
    skipped, answered = loop.waiting(ana)
    ana.skip(loop.place(skipped))
    ana.answer(loop.place(answered), "negative")
    report = loop.sync()
    assert (report.given_up, report.owed) == (1, 0)
    blind_project = blind_project_of(loop)
    assert set(is_open(blind_project).values()) | set(is_open(loop).values()) == {False}
    assert loop.sync().changes == []
    loop.staff(ana, ben)
    report = loop.sync()
    assert (report.given_up, report.owed) == (0, 1)
    assert is_open(loop) == {skipped: True, answered: False}
    assert sorted(is_open(blind_project).values()) == [False, True]
    assert is_handed_a_task(blind_project, ben)
