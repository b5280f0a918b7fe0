"""Answers to control tasks as votes: under people's own names, and of certain answers alone."""

from dataclasses import replace

from aggregation.control_votes import NO_CONTROLS
from routing.control_tasks.votes import control_votes, names_of
from routing.ledger.control_tasks import ControlTask
from tests.support.control_answers import answered
from tests.support.ledger_states import answer
from tests.support.observed_tasks import NOON

CARL = 7
CONTROL = ControlTask(0, "d", ["positive"], None, "file", 1.0, {}, None, None, NOON)


def test_a_control_task_bears_no_number_of_a_task() -> None:
    known = [replace(CONTROL, number=1), replace(CONTROL, number=2)]
    votes = control_votes(answered(CARL, "+-+"), known, {CARL: "Carl"})
    assert [(one.task, one.worker) for one in votes.answers] == [(-1, "Carl"), (-2, "Carl")]
    assert votes.known == {-1: frozenset({"positive"}), -2: frozenset({"positive"})}


def test_what_people_agree_on_teaches_them_nothing_of_themselves() -> None:
    mined = replace(CONTROL, number=1, origin="agreement", probability=0.99)
    assert control_votes(answered(CARL, "++"), [mined], {CARL: "Carl"}) is NO_CONTROLS


def test_who_answered_nothing_else_has_no_vote_to_weigh() -> None:
    assert control_votes(answered(CARL, "++"), [replace(CONTROL, number=1)], {}) is NO_CONTROLS


def test_answers_are_counted_under_the_name_of_all_others() -> None:
    one = answer(1, 1)
    assert names_of([one, replace(one, kind="model", worker="m")]) == {one.worker_id: one.worker}
