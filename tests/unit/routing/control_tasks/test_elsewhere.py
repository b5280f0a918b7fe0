"""Whatever else reads the blind project: control tasks are nothing of it."""

from dataclasses import replace

from routing.adoption.rebuild import Seen, rebuild
from routing.ledger.records import LedgerAnnotation
from routing.snapshot import task_mapping
from tests.support.ledger_states import answer, decision, state, task
from tests.support.observed_tasks import ADA, NOON

MAIN, TWIN, CONTROL = 1, 101, 102
OTHER = 101
"""What the control task stands for: a number of the blind project's own."""

ASKED_BLIND = state(
    [task(TWIN, source=MAIN), task(CONTROL, source=OTHER)],
    [answer(1, TWIN), answer(2, CONTROL)],
)


def joined() -> list[LedgerAnnotation]:
    return task_mapping.join([MAIN], [], ASKED_BLIND, {})


def test_their_answers_do_not_join_the_others() -> None:
    assert [(one.task, one.id) for one in joined()] == [(MAIN, 1)]


def test_they_alone_are_about_no_task_of_the_main_project() -> None:
    assert [one.id for one in task_mapping.of_other_tasks([MAIN], ASKED_BLIND)] == [2]


def test_they_are_not_asked_as_something_that_was_decided() -> None:
    main = state([task(MAIN)], joined(), [decision("blind", of=MAIN)])
    asked = task_mapping.asked(main, ASKED_BLIND)
    assert set(asked.decisions) == {TWIN}
    assert {one.task for one in asked.annotations} == {TWIN}


def test_a_rebuilt_ledger_decides_and_copies_nothing_of_them() -> None:
    standing = [replace(answer(3, MAIN), id=3)]
    main = state([task(MAIN)], standing)
    past = rebuild(Seen(main, {}, ASKED_BLIND, {ADA: [CONTROL]}, [], NOON))
    assert {one.task for one in past.decisions} == {MAIN}
    assert [one.after and one.after["task"] for one in past.copies] == [MAIN]
