"""For how many people each task is: those who submitted something, and those who still owe it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any, cast

from routing.ledger.records import Decision, LedgerAnnotation, LedgerTask, Write
from routing.progress import Progress
from routing.studio.models import TaskOverlap
from routing.writes import overlaps
from tests.support.ledger_states import TASK, answer, decision, state, task
from tests.support.observed_tasks import ADA, BEN, NOON
from tests.support.snapshots import snapshot_of

THREE = replace(task(TASK), overlap=3)
"""A task of a project that asked for three annotations before Tandem came."""

Overlap = tuple[int, bool]
"""People that a task is for, and whether it is over, however few answered."""


class Recorder:
    """Takes what Label Studio and the ledger would be told.

    Attributes:
        held: What Label Studio makes of tasks, where that is not what was seen.
        left: Writes that a killed pass left behind.
    """

    def __init__(self, held: Mapping[int, TaskOverlap], left: Sequence[Write]) -> None:
        self.told: dict[int, Overlap] = {}
        self.told_all: list[int] = []
        self.recorded: dict[int, TaskOverlap] = {}
        self.held = dict(held)
        self.left = left

    def writes(self, _kind: str) -> Sequence[Write]:
        return self.left

    def pending(self) -> Sequence[Write]:
        return self.left

    def set_common_overlap(self, people: int) -> None:
        self.told_all.append(people)
        self.held[TASK] = TaskOverlap(people, is_labeled=False)

    def overlaps(self) -> dict[int, TaskOverlap]:
        return self.held

    def record_overlaps(self, seen: Mapping[int, TaskOverlap]) -> None:
        self.recorded |= seen

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
    return all_told([seen], decisions, answers, coming, is_blind=is_blind).told.get(TASK)


def all_told(
    seen: Sequence[LedgerTask],
    decisions: Sequence[Decision] = (),
    answers: Sequence[LedgerAnnotation] = (),
    coming: Mapping[int, set[int]] | None = None,
    *,
    is_blind: bool = False,
    common: int = 1,
    held: Mapping[int, TaskOverlap] = MappingProxyType({}),
    left: Sequence[Write] = (),
) -> Recorder:
    """What is told of the tasks of a project whose own overlap is `common`."""
    recorder = cast(Any, Recorder(held, left))
    snapshot = snapshot_of(state(seen, answers, decisions))
    project = replace(snapshot.project, overlap=common)
    snapshot = replace(
        snapshot, studio=recorder, ledger=recorder, project=project, is_blind=is_blind
    )
    for step in overlaps.steps(snapshot, coming or {}):
        step.call()
    return cast(Recorder, recorder)


def answered_once(
    votes: Mapping[int, int],
) -> tuple[list[LedgerTask], list[Decision], list[LedgerAnnotation]]:
    """Tasks of a blind project that Ada answered, with the votes that are wanted of each."""
    seen = [replace(task(number), is_labeled=True) for number in votes]
    decisions = [decision("blind", wanted, number) for number, wanted in votes.items()]
    answers = [replace(answer(number, number), blind=True) for number in votes]
    return seen, decisions, answers


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


def test_what_is_answered_here_and_asked_blind_may_be_closed() -> None:
    asked = decision("blind", votes=2)
    closed = replace(task(TASK), is_labeled=True)
    assert told(closed, [asked], [answer(1, TASK)]) is None
    assert told(closed, [asked]) == (2, False), "it is open until somebody answered"
    assert told(task(TASK), [asked]) is None, "the blind project says for how many it is"


def test_a_blind_project_gives_all_its_tasks_a_second_vote_at_once() -> None:
    made = all_told(*answered_once(dict.fromkeys(range(300), 2)), is_blind=True)
    assert (made.told_all, made.told) == ([2], {})
    recorded = made.recorded[TASK]
    assert recorded == TaskOverlap(2, is_labeled=False), "no `updated_at` would show it"


def test_what_a_killed_pass_told_all_tasks_is_read_back_and_not_told_again() -> None:
    tasks = answered_once(dict.fromkeys(range(300), 2))
    held = dict.fromkeys(range(300), TaskOverlap(2, is_labeled=False))
    left = Write("project.overlap:1", overlaps.COMMON, "project 1", {}, {"overlap": 2}, NOON)
    made = all_told(*tasks, is_blind=True, common=2, held=held, left=[left])
    assert (made.told_all, made.told) == ([], {})
    assert made.recorded == held


def test_what_needs_no_second_vote_among_many_that_do_is_told_so_by_itself() -> None:
    votes = dict.fromkeys(range(300), 2) | {300: 1, 301: 1}
    made = all_told(*answered_once(votes), is_blind=True)
    assert (made.told_all, made.told) == ([2], {300: (1, True), 301: (1, True)})


def test_a_few_second_votes_among_many_tasks_are_told_one_by_one() -> None:
    votes = dict.fromkeys(range(300), 1) | {300: 2, 301: 2, 302: 2}
    made = all_told(*answered_once(votes), is_blind=True)
    assert (made.told_all, made.told) == ([], dict.fromkeys([300, 301, 302], (2, False)))


def test_a_number_that_the_blind_project_has_already_would_move_no_task() -> None:
    made = all_told(*answered_once(dict.fromkeys(range(10), 2)), is_blind=True, common=2)
    assert (made.told_all, len(made.told)) == ([], 10)


def test_the_main_project_keeps_the_number_that_people_gave_it() -> None:
    seen, _, answers = answered_once(dict.fromkeys(range(10), 2))
    asked = [decision("review", 2, number) for number in range(10)]
    made = all_told(seen, asked, answers)
    assert (made.told_all, len(made.told)) == ([], 10)
