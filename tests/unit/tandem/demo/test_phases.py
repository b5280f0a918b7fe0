"""The demo says which phase it is in, one bar or line each, in plain words."""

import io
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from rich.console import Console

from routing.ledger.records import Decision, DecisionKind, LedgerState, Member, Population
from tandem.demo.phases import phases_of, showing_phases
from tests.support.ledger_states import state, task

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
AUDITED = Population(1, 2, 0.5, 0.05, 0, 1, "", "model-1", "enough", NOON)


def decided(*kinds: DecisionKind) -> LedgerState:
    decisions = {
        number: Decision(number, 1, kind, 1, "", "model-1", 0.9, NOON)
        for number, kind in enumerate(kinds, start=1)
    }
    return replace(state([task(one) for one in decisions]), decisions=decisions)


def in_audit() -> LedgerState:
    members = {one: Member(one, 1, "good", 0.1) for one in (1, 2)}
    return replace(decided("pilot", "review"), members=members, populations=[AUDITED])


def test_phases_come_in_order_and_count_what_was_given_to_people() -> None:
    assert phases_of(decided()) == []
    names = [one.words.split(":")[0] for one in phases_of(in_audit())]
    assert names == ["Pilot", "Reviews", "Audits"]
    (pilot,) = phases_of(decided("pilot", "pilot"))
    assert (pilot.done, pilot.total, pilot.unit) == (0, 2, "texts")


def test_a_certified_promise_is_a_full_bar() -> None:
    certified = replace(in_audit(), populations=[replace(AUDITED, kept_at=NOON)])
    assert phases_of(certified)[-1].done == 100


@pytest.mark.parametrize("is_terminal", [True, False], ids=["bars", "lines"])
def test_each_phase_is_said_once(is_terminal: bool) -> None:
    written = io.StringIO()
    console = Console(file=written, force_terminal=is_terminal, width=140)
    with showing_phases(console) as shown:
        shown.show(phases_of(decided("pilot")))
        shown.show(phases_of(in_audit()))
        shown.show(phases_of(in_audit()))
    ended = written.getvalue()
    assert "Pilot: people label a random few" in ended
    if not is_terminal:
        assert ended.count("…") == 3
        assert ended.count("Pilot: people label a random few, without a hint:") == 1
