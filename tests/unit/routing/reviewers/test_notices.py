"""Notices: who is told of which work, and what is told again."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from routing.reviewers.notices import OpenWork, done_notice, work_notices
from routing.reviewers.places import EVERYBODY

ANN, BOB = 2, 3
MORNING = datetime(2026, 3, 2, 9, tzinfo=UTC)
NOON = MORNING + timedelta(hours=3)
PROJECT = {"id": 7, "title": "Films", "address": "http://studio/projects/7"}
PLACES = [
    replace(
        EVERYBODY,
        worker=ANN,
        name="Ann",
        email="ann@example.org",
        waiting=2,
        waiting_blind=1,
        stream="http://studio/projects/7/data?tab=1&labeling=1",
    ),
    replace(EVERYBODY, worker=BOB, name="Bob", email="bob@example.org"),
]


def test_who_has_work_is_told_how_much_where_and_why() -> None:
    work = [OpenWork(ANN, kind, MORNING) for kind in ("review", "audit", "review")]
    [notice] = work_notices(PROJECT, PLACES, work)
    assert notice.content == {
        "event": "work",
        "project": PROJECT,
        "name": "Ann",
        "email": "ann@example.org",
        "left": 3,
        "waiting": 2,
        "waiting_blind": 1,
        "links": {"main": "http://studio/projects/7/data?tab=1&labeling=1", "blind": None},
        "reason": "1 audit, 2 review",
    }


def test_the_same_work_is_the_same_notice_and_more_work_is_another() -> None:
    work = [OpenWork(ANN, "review", MORNING), OpenWork(ANN, "review", MORNING)]
    [first] = work_notices(PROJECT, PLACES, work)
    [rest] = work_notices(PROJECT, PLACES, work[:1])
    [more] = work_notices(PROJECT, PLACES, [*work, OpenWork(ANN, "review", NOON)])
    assert first.key == rest.key != more.key


def test_all_is_done_once_after_each_last_decision() -> None:
    assert done_notice(PROJECT, NOON).content == {"event": "done", "project": PROJECT}
    assert done_notice(PROJECT, NOON) == done_notice(PROJECT, NOON)
    assert done_notice(PROJECT, NOON).key != done_notice(PROJECT, MORNING).key
