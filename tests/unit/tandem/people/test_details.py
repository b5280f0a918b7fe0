"""What is told of one person: how their work is spread, whether they tire, what became of them."""

from dataclasses import replace

import pytest

from routing.people.states import next_event
from routing.work.sessions import drift, sessions
from tandem.people.details import event_lines, work_lines, work_numbers
from tandem.people.work import PersonWork
from tests.support.observed_tasks import ADA, NOON
from tests.support.work import took


def work(*, right_until: int = 200) -> PersonWork:
    """200 answers in 20 minutes, and one on the next day; right at first, then half of them."""
    given = [*(took(task, minute=task / 10) for task in range(200)), took(900, minute=1_440)]
    worked = sessions(given)
    right = {task: task < right_until or task % 2 == 0 for task in range(200)}
    return PersonWork(given, worked, drift(worked, right))


def test_sessions_and_the_pace_within_them_are_told() -> None:
    assert work_lines(work()) == [
        "Work: 34 min in 2 sessions, with breaks of more than 30 minutes between them; the longest"
        " lasted 20 min.",
        "Within 1 session of 10 answers or more an answer took 10 s in the earlier half and 10 s in"
        " the later one; 100% and then 100% of these say the consensus (a difference of −4 to +4"  # noqa: RUF001
        " points).",
    ]


def test_that_somebody_tires_is_told_where_it_is_proved() -> None:
    assert work_lines(work(right_until=100))[1].endswith(": quality falls, and a break may help.")
    numbers = work_numbers(work(right_until=100))
    assert numbers["drift"]["is_tiring"]
    assert numbers["drift"]["late_right"] == 0.5
    assert numbers["sessions"] == 2


def test_without_a_consensus_the_pace_alone_is_told() -> None:
    found = work()
    alone = replace(found, drift=drift(found.sessions, {}))
    assert work_lines(alone)[1].endswith("in the later one.")


def test_who_did_nothing_has_no_work_to_tell_of() -> None:
    nothing = PersonWork([], [], None)
    assert work_lines(nothing) == []
    assert work_numbers(nothing) == {
        "hours": 0,
        "sessions": 0,
        "longest_hours": pytest.approx(0.0),
        "drift": None,
    }


def test_each_change_has_its_evidence_below_it() -> None:
    evidence = {"controls": 4, "flags": [["runs: the last answer again in 40 of 50", 0.0004]]}
    event = next_event([], ADA, "watched", "a rule flags them", NOON, evidence=evidence)
    assert list(event_lines([event])) == [
        "2026-01-01 12:00 watched, by Tandem: a rule flags them",
        "    controls: 4",
        "    flag: runs: the last answer again in 40 of 50 (p 0.0004)",
    ]
