"""The record of people's work: what rules are given of it, and whom their flags are about."""

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pandas as pd

from labeling.form.form import parse
from routing.ledger.records import LedgerAnnotation
from routing.people.work_record import answers_given, flags_of, work_of
from tests.support.label_configs import on_text
from tests.support.ledger_states import answer, decision, state, task
from tests.support.observed_tasks import ADA
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


def record_of(annotations: Sequence[LedgerAnnotation], **policy: object) -> pd.DataFrame:
    """The answers as the rules are given them."""
    decided = [decision("audit", of=1), decision("review", of=2)]
    facts = facts_of(state([task(1), task(2), task(3)], annotations, decided), policy=policy)
    work = work_of(facts)
    assert work is not None
    return work.answers


def test_the_record_says_why_an_answer_was_asked_for_and_how_sure_the_model_was() -> None:
    rows = record_of([answer(one, one) for one in (1, 2, 3)])
    assert rows["asked_as"].tolist() == ["audit m", "review m", ""]
    assert rows["confidence"].tolist()[:2] == [0.5, 0.5]
    assert np.isnan(rows["confidence"][2])


def test_votes_beyond_the_planned_ones_followed_from_what_others_said() -> None:
    given = [
        replace(answer(by, 1, by, at=timedelta(minutes=30 - by)), worker_id=by)
        for by in (11, 12, 13)
    ]
    rows = record_of(given, votes=2)
    assert rows.set_index("worker")["is_planned"].to_dict() == {
        "11": False,
        "12": True,
        "13": True,
    }


def test_what_was_answered_before_tandem_was_asked_of_everybody() -> None:
    given = [replace(answer(by, 1, by), worker_id=by, earlier=True) for by in (11, 12)]
    assert record_of(given, votes=1)["is_planned"].tolist() == [True, True]


def test_people_s_answers_are_counted_without_skips_and_the_model_s() -> None:
    given = [
        answer(1, 1),
        answer(2, 2),
        answer(3, 3, label=None),
        replace(answer(4, 1), kind="model"),
    ]
    assert answers_given(facts_of(state([task(1)], given))) == {ADA: 2}
