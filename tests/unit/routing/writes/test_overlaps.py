"""For how many people each task is: those who submitted something, and those who still owe it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any, cast

from routing.ledger.records import Decision, LedgerAnnotation, LedgerTask
from routing.progress import Progress
from routing.writes import overlaps
from tests.support.ledger_states import TASK, answer, decision, state, task
from tests.support.observed_tasks import ADA, BEN
from tests.support.snapshots import snapshot_of

THREE = replace(task(TASK), overlap=3)
"""A task of a project that asked for three annotations before Tandem came."""

Overlap = tuple[int, bool]
"""People that a task is for, and whether it is over, however few answered."""


class Recorder:
    """Takes what Label Studio would be told."""

    def __init__(self) -> None:
        self.told: dict[int, Overlap] = {}

    def set_overlaps(
        self, people: Mapping[int, int], finished: Collection[int], _progress: Progress
    ) -> None:
        self.told |= {one: (count, one in finished) for one, count in people.items()}


def told(
    seen: LedgerTask,
    decisions: Sequence[Decision] = (),
    answers: Sequence[LedgerAnnotation] = (),
    coming: Mapping[int, set[int]] | None = None,
    *,
    is_blind: bool = False,
) -> Overlap | None:
    """What Label Studio is told of the task; None: nothing."""
    recorder = Recorder()
    snapshot = replace(
        snapshot_of(state([seen], answers, decisions)),
        studio=cast(Any, recorder),
        is_blind=is_blind,
    )
    for step in overlaps.steps(snapshot, coming or {}):
        step.call()
    return recorder.told.get(TASK)


def test_a_task_is_for_those_who_answered_and_those_who_still_owe_it() -> None:
    asked = decision("review", votes=2)
    assert told(THREE, [asked]) == (2, False)
    assert told(THREE, [asked], [answer(1, TASK)]) == (2, False)
    assert told(THREE, [asked], [answer(1, TASK), answer(2, TASK, BEN)]) == (2, True)


def test_what_stands_as_it_should_is_left_alone() -> None:
    assert told(task(TASK), [decision("review")]) is None
    done = replace(task(TASK), is_labeled=True)
    assert told(done, [decision("review")], [answer(1, TASK)]) is None


def test_what_nobody_is_left_to_give_is_over() -> None:
    skips = [answer(1, TASK, ADA, None), answer(2, TASK, BEN, None)]
    assert told(task(TASK), [decision("review")], skips[:1]) is None
    assert told(task(TASK), [decision("review")], skips) == (1, True)


def test_what_is_left_to_the_model_is_over_once_its_annotation_is_stored() -> None:
    assert told(THREE, [decision("accept")]) is None
    assert told(THREE, [decision("accept")], coming={TASK: {99}}) == (1, True)
    assert told(task(TASK), [decision("accept")], coming={TASK: {99}}) is None
    stored = replace(answer(1, TASK, 99), kind="model")
    assert told(THREE, [decision("accept")], [stored]) == (1, True)


def test_a_task_that_nothing_was_decided_about_is_left_as_it_was_but_in_the_blind_project() -> None:
    assert told(THREE) is None
    assert told(THREE, is_blind=True) == (1, True)
