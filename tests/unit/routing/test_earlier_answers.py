"""What people answered before Tandem came counts as the settings say, and is all accounted for."""

from pathlib import Path

import pytest

from routing.ledger.records import LedgerAnnotation
from routing.snapshot import task_mapping
from tests.support.memory_project import MemoryLoop, new_memory_loop

ADA, BEN = "ada@memory.localhost", "ben@memory.localhost"
TASKS, PILOT = 20, 8


def loop_with_a_past(folder: Path, earlier_answers: str) -> MemoryLoop:
    """Twenty posts that Ada labelled all alone; the pilot of eight asks for two votes each."""
    loop = new_memory_loop(
        folder, TASKS, ADA, BEN, pilot=PILOT, votes=2, max_votes=2, earlier_answers=earlier_answers
    )
    ada = user_called(loop, ADA)
    region = {"from_name": "sentiment", "to_name": "text", "type": "choices"}
    for task in list(loop.studio.tasks()):
        loop.studio.annotate(task.id, ada, [{**region, "value": {"choices": ["positive"]}}])
    return loop


def user_called(loop: MemoryLoop, email: str) -> int:
    return next(user.id for user in loop.studio.users() if user.email == email)


def annotations(loop: MemoryLoop) -> list[LedgerAnnotation]:
    return list(loop.ledger.state().annotations)


@pytest.mark.parametrize(
    ("earlier_answers", "votes_of_ben"),
    [("votes", PILOT), ("controls", 0), ("ignore", PILOT)],
)
def test_ben_is_asked_for_what_is_missing_and_ada_is_not_asked_again(
    tmp_path: Path, earlier_answers: str, votes_of_ben: int
) -> None:
    loop = loop_with_a_past(tmp_path, earlier_answers)
    loop.sync()
    state = loop.ledger.state()
    assert sum(one.kind == "pilot" for one in state.decisions.values()) == PILOT
    asked_blind = task_mapping.find(loop.studio.descriptions(), loop.studio.project_id)
    asked = loop.ledger.beside(asked_blind).state().assignments if asked_blind else []
    assert [one.worker for one in asked] == [user_called(loop, BEN)] * votes_of_ben


@pytest.mark.parametrize("earlier_answers", ["votes", "controls", "ignore"])
def test_they_were_given_blind_by_nobody_who_strayed_and_stay_as_they_are(
    tmp_path: Path, earlier_answers: str
) -> None:
    loop = loop_with_a_past(tmp_path, earlier_answers)
    before = {task.id: task.annotations for task in loop.studio.tasks()}
    loop.sync()
    assert {task.id: task.annotations for task in loop.studio.tasks()} == before
    assert all(one.blind and one.earlier and not one.stray for one in annotations(loop))


def test_ignored_ones_have_no_say_and_are_told(tmp_path: Path) -> None:
    loop = loop_with_a_past(tmp_path, "ignore")
    standing = loop.sync().standing
    assert (standing.ignored, standing.unreadable, standing.answers_learned_from) == (TASKS, 0, 0)
    assert loop_with_a_past(tmp_path / "votes", "votes").sync().standing.ignored == 0
