"""The ledger: what is recorded once stays, and recording it again changes nothing."""

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import inspect

from aggregation.beliefs import PartBelief
from labeling.errors import LedgerError, SettingsError
from routing.ledger import Ledger
from routing.ledger.database import connect, migrations, upgrade, writing
from routing.ledger.held_out_belief import HeldOutBelief
from routing.ledger.records import (
    Assignment,
    Decision,
    LedgerTask,
    Member,
    Population,
    RecordedCheck,
    Round,
    Write,
)
from routing.ledger.schema import Base
from tests.support.observed_tasks import ADA, BEN, NOON, READING, task
from tests.unit.routing.conftest import NewLedger

PILOT = Decision(1, 1, "pilot", 1, "Drawn for the pilot", None, None, NOON)
POPULATION = Population(1, 8, 0.1, 0.05, 7, 3, "texts", "v1", "It is time", NOON)
WRITE = Write("overlap:1:1", "task.overlap", "task 1", {"overlap": 1}, {"overlap": 2}, NOON)


def test_the_migrations_make_what_the_models_say(database_url: str) -> None:
    engine = connect(database_url)
    upgrade(engine)
    upgrade(engine)
    with engine.connect() as connection:
        difference = compare_metadata(MigrationContext.configure(connection), Base.metadata)
    engine.dispose()
    assert difference == []


def test_an_older_release_s_ledger_keeps_what_it_holds(database_url: str) -> None:
    engine = connect(database_url)
    with writing(engine) as connection:
        command.upgrade(migrations(connection), "0001")
        connection.exec_driver_sql(
            "INSERT INTO task (project, id, text, overlap, is_labeled, updated_at)"
            " VALUES (5, 1, 'Text 1', 1, FALSE, '2026-01-01 12:00:00+00:00')"
        )
        connection.exec_driver_sql(
            "INSERT INTO prediction (project, id, task, model_version, answer, distribution)"
            " VALUES (5, 7, 1, 'tiny-1', 'positive', '{}')"
        )
    engine.dispose()
    ledger = Ledger(database_url, 5)
    ledger.upgrade()
    assert ledger.state().tasks == {1: LedgerTask(1, 1, False, NOON, None)}
    assert ledger.state().texts == {1: "Text 1"}
    (prediction,) = ledger.state().predictions
    assert (prediction.answer, prediction.parts) == ("positive", {})
    with writing(ledger.engine) as connection:
        command.downgrade(migrations(connection), "base")
    ledger.close()


def test_a_transaction_that_breaks_off_leaves_nothing_not_even_a_table(database_url: str) -> None:
    engine = connect(database_url)
    with suppress(KeyboardInterrupt), writing(engine) as connection:
        connection.exec_driver_sql("CREATE TABLE half (number INTEGER)")
        raise KeyboardInterrupt
    tables = inspect(engine).get_table_names()
    engine.dispose()
    assert tables == []


def test_a_project_beside_it_is_kept_in_the_same_database(ledger: Ledger) -> None:
    beside = ledger.beside(ledger.project + 1)
    beside.decide([PILOT])
    assert beside.history(1).decisions == [PILOT]
    assert ledger.history(1).decisions == []
    assert beside.engine is ledger.engine


def test_the_latest_decision_of_a_task_counts(ledger: Ledger) -> None:
    ledger.mirror([task(1), task(2)], READING)
    accept = Decision(1, 2, "accept", 0, "Above the threshold", "v1", 0.97, NOON)
    other = replace(PILOT, task=2)
    ledger.decide([accept, PILOT, other])
    assert ledger.state().decisions == {1: accept, 2: other}
    assert ledger.history(1).decisions == [PILOT, accept]


def test_a_decision_is_never_changed(ledger: Ledger) -> None:
    ledger.decide([PILOT])
    ledger.decide([replace(PILOT, kind="accept")])
    assert ledger.history(1).decisions == [PILOT]


def test_what_is_believed_of_what_was_learned_from_is_the_last_round_s(ledger: Ledger) -> None:
    part = PartBelief(0.9, {"good": 0.9, "bad": 0.1})
    first = [HeldOutBelief(task, "v1", "good", 0.9, True, {"mood": part}) for task in (1, 2)]
    second = [HeldOutBelief(2, "v2", "bad", 0.6, False, {})]
    beside = ledger.beside(ledger.project + 1)
    for one, beliefs in ((ledger, first), (beside, first), (ledger, second)):
        one.hold_out(beliefs)
    assert ledger.state().held_out == ledger.held_out() == {2: second[0]}
    assert beside.held_out() == {one.task: one for one in first}


def test_an_assignment_is_made_once_and_ends_as_told(ledger: Ledger) -> None:
    ledger.mirror([task(1)], READING)
    ada, ben = (Assignment(1, worker, "open", NOON) for worker in (ADA, BEN))
    ledger.assign([ada, ben])
    done = replace(ada, state="done", ended_at=NOON + timedelta(minutes=5))
    ledger.assign([], [done])
    ledger.assign([ada, ben])
    assert sorted(ledger.state().assignments, key=lambda one: one.worker) == [done, ben]


def test_a_write_is_pending_until_it_is_applied(ledger: Ledger) -> None:
    other = replace(WRITE, key="overlap:2:1", planned_at=NOON - timedelta(minutes=1))
    ledger.plan([WRITE, other])
    assert ledger.pending() == [other, WRITE]
    ledger.applied([WRITE.key])
    assert ledger.pending() == [other]
    ledger.settle()
    assert ledger.pending() == []
    assert [one.key for one in ledger.writes(WRITE.kind)] == [other.key, WRITE.key]


def test_nothing_before_and_nothing_after_are_told_from_something(ledger: Ledger) -> None:
    ledger.plan([replace(WRITE, before=None, after={})])
    (kept,) = ledger.pending()
    assert kept.before is None
    assert kept.after == {}


@given(
    keys=st.lists(st.sampled_from(["a", "b", "c", "d"]), max_size=12),
    applied=st.sets(st.sampled_from(["a", "b", "c", "d"])),
)
@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_planning_a_key_again_changes_nothing(
    new_ledger: NewLedger, keys: list[str], applied: set[str]
) -> None:
    ledger = new_ledger()
    first = {key: replace(WRITE, key=key, after={"n": keys.index(key)}) for key in keys}
    for number, key in enumerate(keys):
        ledger.plan([replace(WRITE, key=key, after={"n": number})])
    ledger.applied(applied)
    ledger.plan(list(first.values()))
    left = {one.key: one for one in ledger.pending()}
    assert left == {key: one for key, one in first.items() if key not in applied}
    assert ledger.counts()["write"] == len(first)


def test_a_round_is_recorded_once(ledger: Ledger) -> None:
    first = Round(1, "v1", 0, None, None, None, "People begin with a random sample", NOON)
    second = Round(2, "v2", 60, 140, 71, 167, "140 more reviews are to leave 167", NOON)
    ledger.record_round(second)
    ledger.record_round(first)
    ledger.record_round(replace(first, left=1))
    assert ledger.state().rounds == [first, second]


def test_a_population_is_frozen_once_with_all_its_members(ledger: Ledger) -> None:
    members = [Member(1, 1, None, None), Member(2, 1, "positive", 0.25)]
    ledger.freeze([POPULATION], members)
    ledger.freeze([replace(POPULATION, size=9)], [replace(members[1], label="negative")])
    known = ledger.state()
    assert (known.populations, list(known.members.values())) == ([POPULATION], members)


def test_a_promise_is_kept_from_a_moment_on(ledger: Ledger) -> None:
    ledger.freeze([POPULATION], [])
    ledger.update(replace(POPULATION, kept_at=NOON))
    assert ledger.state().populations == [replace(POPULATION, kept_at=NOON)]


def test_checks_keep_their_order_and_get_their_answers(ledger: Ledger) -> None:
    checks = [RecordedCheck(1, n, 10 - n, "audit", "waiting", None, NOON) for n in (1, 2, 3)]
    ledger.check(checks[::-1])
    answered = replace(checks[1], state="answered", answer="positive")
    ledger.check([answered])
    assert ledger.state().checks == [checks[0], answered, checks[2]]


def test_rows_are_counted(ledger: Ledger) -> None:
    ledger.mirror([task(1), task(2)], READING)
    ledger.decide([PILOT])
    assert ledger.counts() == {
        "task": 2,
        "prediction": 0,
        "annotation": 0,
        "decision": 1,
        "assignment": 0,
        "write": 0,
        "round": 0,
        "population": 0,
        "member": 0,
        "checked": 0,
    }


def test_a_ledger_outlives_its_process(database_url: str) -> None:
    before = Ledger(database_url, 5)
    before.upgrade()
    before.decide([PILOT])
    before.close()
    after = Ledger(database_url, 5)
    after.upgrade()
    assert after.history(1).decisions == [PILOT]
    after.close()


def test_two_processes_may_write_at_once(database_url: str) -> None:
    one, other = Ledger(database_url, 5), Ledger(database_url, 5)
    one.upgrade()
    one.decide([PILOT])
    other.decide([replace(PILOT, task=2)])
    one.decide([replace(PILOT, task=3)])
    assert one.counts()["decision"] == other.counts()["decision"] == 3
    one.close()
    other.close()


@pytest.mark.parametrize("url", ["mysql://user@host/name", "nonsense", "oracle://host"])
def test_a_database_of_another_kind_is_refused(url: str) -> None:
    with pytest.raises(SettingsError, match="ledger cannot be opened"):
        Ledger(url, 1)


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    file = tmp_path / "ledger.sqlite3"
    file.write_text("This is not a database, but a text that is long enough to be read as one.")
    ledger = Ledger(f"sqlite:///{file}", 1)
    with pytest.raises(LedgerError, match="not a database"):
        ledger.upgrade()
    ledger.close()


def test_an_unreachable_server_is_named_without_its_password() -> None:
    ledger = Ledger("postgresql://user:hunter2@127.0.0.1:1/name", 1)
    with pytest.raises(LedgerError, match="does not answer") as caught:
        ledger.upgrade()
    assert "hunter2" not in str(caught.value)
