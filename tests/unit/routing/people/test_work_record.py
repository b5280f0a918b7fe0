"""The record of people's work: what rules are given of it, and whom their flags are about."""

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from labeling.form.form import parse
from routing.ledger.records import LedgerAnnotation
from routing.people.work_record import flags_of
from tests.support.label_configs import on_text
from tests.support.ledger_states import answer, state, task
from tests.support.snapshots import facts_of

PEOPLE = range(11, 24)
CARELESS = 23
TASKS = range(1, 61)
SPANS = on_text('<Labels name="span" toName="text"><Label value="person"/></Labels>')


def crowd() -> Sequence[LedgerAnnotation]:
    """Thirteen people label sixty texts; one of them always says the same."""
    rng = random.Random(7)
    given: list[LedgerAnnotation] = []
    for number, item in enumerate(TASKS):
        truth = "negative" if number % 2 else "positive"
        other = "positive" if number % 2 else "negative"
        for by in PEOPLE:
            label = truth if rng.random() < 0.85 else other
            said = "positive" if by == CARELESS else label
            one = answer(len(given) + 1, item, by, said, at=timedelta(minutes=len(given)))
            given.append(replace(one, worker_id=by, worker=f"user {by}", blind=True))
    return given


def test_a_flag_is_about_a_user_and_says_the_rule_and_the_numbers() -> None:
    flags = flags_of(facts_of(state([task(one) for one in TASKS], crowd())))
    assert {one.worker for one in flags} == {CARELESS}
    assert any(one.line.startswith("favourite: ") for one in flags)
    assert all(one.p_value <= 0.05 for one in flags)


def test_nobody_is_flagged_where_nobody_answered() -> None:
    assert flags_of(facts_of(state([task(1)]))) == []


def test_forms_that_rules_do_not_know_are_left_alone() -> None:
    assert flags_of(facts_of(state([task(1)], crowd()), parse(SPANS))) == []


def test_answers_to_control_tasks_are_part_of_the_record() -> None:
    given = crowd()
    controls = [replace(one, task=1) for one in given if one.task == 1]
    flags = flags_of(
        facts_of(state([task(one) for one in TASKS], given)), controls, {1: ["positive"]}
    )
    assert {one.worker for one in flags} == {CARELESS}
