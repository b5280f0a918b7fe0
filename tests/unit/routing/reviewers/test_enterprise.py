"""Assignees: Label Studio is told each difference once, and of nothing else."""

from dataclasses import replace

from routing.ledger.records import Assignment, AssignmentState, Write
from routing.reviewers.enterprise import KIND, assignee_notices
from tests.support.observed_tasks import ADA, BEN, NOON


def asked(*pairs: tuple[int, int], ended: bool = False) -> list[Assignment]:
    state: AssignmentState = "withdrawn" if ended else "open"
    return [Assignment(*pair, state, NOON) for pair in pairs]


def notices(assignments: list[Assignment], told: list[Write]) -> list[Write]:
    return assignee_notices(assignments, told, NOON)


def done(writes: list[Write]) -> list[Write]:
    return [replace(one, applied_at=NOON) for one in writes]


def test_who_is_asked_is_told_task_by_task() -> None:
    first, second = notices(asked((1, ADA), (1, BEN), (2, BEN)), [])
    assert (first.kind, first.target, first.after) == (KIND, "task 1", {"users": [ADA, BEN]})
    assert (second.target, second.before, second.after) == (
        "task 2",
        {"users": []},
        {"users": [BEN]},
    )


def test_what_was_told_is_not_told_again() -> None:
    open_now = asked((1, ADA))
    assert notices(open_now, done(notices(open_now, []))) == []


def test_who_is_no_longer_asked_ceases_to_be_an_assignee() -> None:
    told = done(notices(asked((1, ADA)), []))
    [leaving] = notices(asked((1, ADA), ended=True), told)
    assert (leaving.before, leaving.after) == ({"users": [ADA]}, {"users": []})


def test_every_notice_has_a_key_of_its_own_however_often_it_goes_to_and_fro() -> None:
    told: list[Write] = []
    for worker in (ADA, BEN, ADA, BEN):
        told += done(notices(asked((1, worker)), told))
    assert len({one.key for one in told}) == len(told) == 4


def test_a_notice_that_was_cut_off_is_repeated_under_its_own_key() -> None:
    cut_off = notices(asked((1, ADA)), [])
    [again] = notices(asked((1, ADA)), cut_off)
    assert again.key == cut_off[0].key


def test_whom_a_notice_that_was_cut_off_may_have_named_is_taken_off() -> None:
    cut_off = notices(asked((1, ADA)), [])
    [other] = notices(asked((1, BEN)), cut_off)
    assert (other.before, other.after) == ({"users": [ADA]}, {"users": [BEN]})
    assert other.key != cut_off[0].key
