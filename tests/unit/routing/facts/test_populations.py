"""Populations: what was frozen stays frozen, and checks count in their order."""

from dataclasses import replace
from datetime import timedelta

import pytest

from routing.facts.freeze import freeze
from routing.facts.populations import (
    audit_status,
    checks_of,
    frozen_of,
    new_checks,
    open_tasks,
    promise_of,
    proven,
    settled_checks,
    unchecked,
)
from routing.guarantee.audit_test import CheckKind, Promise
from routing.guarantee.certificate_file import verify, write
from routing.guarantee.frozen_population import Check
from routing.ledger.records import (
    CheckState,
    LedgerState,
    Member,
    Population,
    RecordedCheck,
)
from tests.support.ledger_states import state, task
from tests.support.observed_tasks import NOON

PROMISE = Promise(60, 0.1, 0.05)
EMPTY = state([task(id_) for id_ in range(1, 61)])
LABELS = {id_: ("ab"[id_ % 2], 0.02) for id_ in range(11, 61)}
POPULATION, MEMBERS = freeze(
    EMPTY, LABELS, PROMISE, planned=20, seed=5, model_version="m", reason="it is time", at=NOON
)


def check(number: int, of: int, state: CheckState, answer: str | None = None) -> RecordedCheck:
    return RecordedCheck(1, number, of, "audit", state, answer, NOON)


def frozen(*checks: RecordedCheck, later: int = 0, kept: bool = False) -> LedgerState:
    """The first population in audit, with tasks that came later."""
    tasks = [*EMPTY.tasks.values(), *(task(100 + n) for n in range(later))]
    population = replace(POPULATION, kept_at=NOON if kept else None)
    return replace(
        state(tasks),
        populations=[population],
        members={one.task: one for one in MEMBERS},
        checks=checks,
    )


def audited(number: int, wrong: int = 0) -> list[RecordedCheck]:
    """The first audits in the drawn order, answered."""
    content = frozen_of(frozen(), POPULATION)
    answers = [
        "z" if n < wrong else content.labels[of] for n, of in enumerate(content.order[:number])
    ]
    return [
        check(n, of, "answered", answer)
        for n, (of, answer) in enumerate(zip(content.order, answers, strict=False), start=1)
    ]


class TestFreeze:
    def test_takes_every_open_task_with_its_label_or_with_people_s_answer(self) -> None:
        assert [one.task for one in MEMBERS] == list(range(1, 61))
        assert MEMBERS[0] == Member(1, 1, None, None)
        assert MEMBERS[10] == Member(11, 1, "b", 0.02)

    def test_keeps_what_was_promised_and_why(self) -> None:
        assert POPULATION.number == 1
        assert promise_of(POPULATION) == PROMISE
        assert (POPULATION.planned, POPULATION.seed) == (20, 5)
        assert (POPULATION.reason, POPULATION.frozen_at) == ("it is time", NOON)
        assert POPULATION.kept_at is None

    def test_leaves_later_tasks_to_a_population_of_their_own(self) -> None:
        later = frozen(later=3)
        assert open_tasks(later) == [100, 101, 102]
        population, members = freeze(
            later,
            {101: ("a", 0.1)},
            Promise(3, 0.1, 0.05),
            planned=0,
            seed=5,
            model_version="m",
            reason="again",
            at=NOON,
        )
        assert population.number == 2
        assert [(one.task, one.label) for one in members] == [(100, None), (101, "a"), (102, None)]

    def test_ties_the_tasks_to_their_texts(self) -> None:
        other = replace(EMPTY, texts={**EMPTY.texts, 7: "another"})
        population, _ = freeze(
            other, LABELS, PROMISE, planned=20, seed=5, model_version="m", reason="", at=NOON
        )
        assert population.texts != POPULATION.texts

    def test_bears_texts_that_are_no_text(self) -> None:
        odd = {task: EMPTY.tasks[task] for task in (1, 2)}
        population, members = freeze(
            replace(EMPTY, tasks=odd, texts={1: "\ud800", 2: None}),
            {},
            Promise(2, 0.1, 0.05),
            planned=0,
            seed=0,
            model_version="m",
            reason="",
            at=NOON,
        )
        assert (population.size, len(members), len(population.texts)) == (2, 2, 64)

    def test_is_found_again_as_it_was(self) -> None:
        content = frozen_of(frozen(later=2), POPULATION)
        assert content.promise == PROMISE
        assert content.answered == list(range(1, 11))
        assert content.labels == {id_: label for id_, (label, _) in LABELS.items()}
        assert content.errors == {id_: error for id_, (_, error) in LABELS.items()}

    def test_holds_though_a_task_is_deleted(self) -> None:
        whole = frozen()
        fewer = {id_: one for id_, one in whole.tasks.items() if id_ != 30}
        assert frozen_of(replace(whole, tasks=fewer), POPULATION) == frozen_of(whole, POPULATION)


class TestChecks:
    def test_count_up_to_the_first_that_waits(self) -> None:
        first, second, third = audited(3)
        now = frozen(first, replace(second, state="waiting", answer=None), third)
        assert proven(now, POPULATION) == [Check(first.task, "audit", first.answer)]

    def test_count_all_once_it_is_answered(self) -> None:
        first, second, third = audited(3)
        now = frozen(first, replace(second, state="lost", answer=None), third)
        assert proven(now, POPULATION) == [
            Check(first.task, "audit", first.answer),
            Check(second.task, "audit", None),
            Check(third.task, "audit", third.answer),
        ]

    @pytest.mark.parametrize("kind", ["audit", "review"])
    def test_are_numbered_on(self, kind: CheckKind) -> None:
        now = frozen(*audited(2))
        new = new_checks(now, POPULATION, [40, 41], kind, NOON)
        assert [(one.population, one.number, one.task) for one in new] == [(1, 3, 40), (1, 4, 41)]
        assert {(one.kind, one.state, one.answer) for one in new} == {(kind, "waiting", None)}

    def test_of_another_population_are_its_own(self) -> None:
        other = replace(check(1, 100, "waiting"), population=2)
        now = frozen(*audited(1), other)
        assert checks_of(now, POPULATION) == audited(1)
        second = replace(POPULATION, number=2)
        assert new_checks(now, second, [101], "audit", NOON)[0].number == 2

    def test_are_settled_by_what_people_say(self) -> None:
        now = frozen(*(check(n, 10 + n, "waiting") for n in range(1, 5)))
        settled = settled_checks(now, {11: "a"}, frozenset({12}), {1})
        assert [(one.task, one.state, one.answer) for one in settled] == [
            (11, "answered", "a"),
            (12, "lost", None),
        ]

    def test_are_lost_with_their_task(self) -> None:
        now = frozen(check(1, 11, "waiting"))
        gone = replace(now, tasks={id_: one for id_, one in now.tasks.items() if id_ != 11})
        assert [one.state for one in settled_checks(gone, {}, frozenset(), {1})] == ["lost"]

    def test_that_are_settled_stay_as_they_are(self) -> None:
        now = frozen(check(1, 11, "answered", "a"), check(2, 12, "lost"))
        done = {11: "b", 12: "b"}
        assert settled_checks(now, done, frozenset({11, 12}), {1}) == []

    def test_of_what_is_audited_no_more_are_settled_no_more(self) -> None:
        now = frozen(check(1, 11, "waiting"), kept=True)
        assert settled_checks(now, {11: "a"}, frozenset(), {2}) == []

    def test_leave_the_rest_unchecked(self) -> None:
        now = frozen(check(1, 11, "answered", "a"), check(2, 12, "waiting"))
        assert [one.task for one in unchecked(now, POPULATION)] == list(range(13, 61))


class TestLook:
    def test_is_the_proof_s(self) -> None:
        now = frozen(*audited(40))
        known = audit_status(now, POPULATION)
        assert (known.audits, known.unchecked, known.is_kept) == (40, 10, True)
        assert str(known.unchecked) in verify(
            write(frozen_of(now, POPULATION), proven(now, POPULATION))
        )

    def test_counts_answers_that_differ(self) -> None:
        assert audit_status(frozen(*audited(20, wrong=4)), POPULATION).found == 4


def test_time_plays_no_part_in_what_is_proved() -> None:
    later = replace(POPULATION, kept_at=NOON + timedelta(days=1))
    assert isinstance(later, Population)
    assert frozen_of(frozen(), later) == frozen_of(frozen(), POPULATION)
