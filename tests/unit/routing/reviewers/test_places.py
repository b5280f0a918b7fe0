"""Places: how much waits for each reviewer here and there, and what they are called."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

from routing.facts.vote_demands import Reviewer
from routing.ledger.records import Assignment, AssignmentState, LedgerAnnotation
from routing.reviewers.places import ProjectWork, names_of, reviewer_called, reviewer_places
from routing.reviewers.users import People
from routing.studio.models import StudioUser

ANN, BOB = 2, 3
NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


def people(**names: str) -> People:
    """Reviewers with these names, by the first part of their address."""
    users = {
        number: StudioUser(number, f"{address}@example.org", name)
        for number, (address, name) in enumerate(names.items(), start=ANN)
    }
    return People(users, tuple(Reviewer(worker, 10) for worker in users), None)


def asked(worker: int, *tasks: int, state: AssignmentState = "open") -> list[Assignment]:
    return [Assignment(task, worker, state, NOW) for task in tasks]


def answer(worker: int, task: int, at: datetime = NOW, **changes: bool) -> LedgerAnnotation:
    given = LedgerAnnotation(
        id=task,
        task=task,
        worker_id=worker,
        worker="",
        answer="positive",
        result=[],
        kind="person",
        stray=False,
        was_cancelled=False,
        lead_time=1.0,
        created_at=at,
        updated_at=at,
        unique_id=None,
        parent_prediction=None,
    )
    return replace(given, **changes)  # type: ignore[arg-type]


TWO = people(ann="Ann", bob="Bob")


def test_what_waits_is_counted_here_and_in_the_blind_project() -> None:
    main = ProjectWork(asked(ANN, 1, 2) + asked(BOB, 3, state="done"), (), {ANN: "http://main"})
    blind = ProjectWork(asked(ANN, 7) + asked(BOB, 8, 9), (), {BOB: "http://blind"})
    ann, bob = reviewer_places(TWO, main, blind, [], NOW)
    assert (ann.name, ann.email, ann.waiting, ann.waiting_blind, ann.left) == (
        "Ann",
        "ann@example.org",
        2,
        1,
        3,
    )
    assert (bob.waiting, bob.waiting_blind) == (0, 2)
    assert (ann.stream, ann.blind_stream) == ("http://main", None)
    assert (bob.stream, bob.blind_stream) == (None, "http://blind")


def test_what_was_answered_or_skipped_since_the_last_pass_waits_no_more() -> None:
    answers = [answer(ANN, 1), answer(ANN, 2, was_cancelled=True), answer(BOB, 3)]
    [ann, _] = reviewer_places(
        TWO, ProjectWork(asked(ANN, 1, 2, 3), answers), ProjectWork(), answers, NOW
    )
    assert ann.waiting == 1


def test_today_begins_at_midnight_where_the_clock_stands() -> None:
    late = NOW.replace(hour=0) - timedelta(minutes=30)
    answers = [answer(ANN, 1), answer(ANN, 2, late), answer(ANN, 3, was_cancelled=True)]

    def done_today(now: datetime) -> int:
        return reviewer_places(TWO, ProjectWork(), ProjectWork(), answers, now)[0].done_today

    assert done_today(NOW) == 1
    assert done_today(NOW.astimezone(timezone(timedelta(hours=1)))) == 2


def test_reviewers_are_called_by_the_shortest_name_that_means_them_alone() -> None:
    def names(**given: str) -> list[str]:
        return list(names_of(people(**given)).values())

    assert names(ann="Ann Lee", bob="bob@example.org") == ["Ann", "bob"]
    assert names(ann="Ann Lee", anna="ann Poe", bob="Bob") == ["Ann Lee", "ann Poe", "Bob"]
    assert names(ann="Ann", anna="ann") == ["ann@example.org", "anna@example.org"]


def test_a_name_means_the_one_reviewer_who_may_be_called_so() -> None:
    two = people(ann="Ann Lee", bob="Bob Lee")
    assert [reviewer_called(two, one) for one in ("Ann", "ann lee", "ann@example.org")] == [ANN] * 3
    assert reviewer_called(two, "Cem") is None
    assert reviewer_called(people(ann="Ann Lee", anna="Ann Poe"), "Ann") is None
