"""The table of people: state, answers, control tasks, skill, speed, pay an hour, and flags."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from rich.console import Console

from routing.people.states import next_event
from routing.snapshot.snapshot import Snapshot
from tandem.people.table import below_fair, people_rows, table_of
from tandem.people.work import timed_work
from tests.support.control_answers import answered
from tests.support.observed_tasks import ADA, BEN, NOON
from tests.support.snapshots import piloted, snapshot_of

COSTS = {"costs": {"human_label": 0.02, "currency": "€", "fair_per_hour": 12}}


def snapshot(**sections: Any) -> Snapshot:
    """Ada answered the pilot, in 8 seconds each; Ben, who is paused, control tasks alone."""
    known = [*answered(ADA, "+" * 18 + "--"), *answered(BEN, "++--------")]
    paused = next_event([], BEN, "paused", "2 of 10 known answers right", NOON)
    seen = snapshot_of(piloted(120), **{**COSTS, **sections})
    return replace(seen, person_events=[paused], control_answers=known)


def lines(seen: Snapshot, width: int) -> list[str]:
    """The table, as a terminal so wide prints it."""
    console = Console(width=width)
    with console.capture() as printed:
        console.print(table_of(people_rows(seen, timed_work(seen))))
    return [line.rstrip() for line in printed.get().splitlines()]


@pytest.mark.parametrize("width", [80, 120])
def test_each_person_has_one_line_that_fits_a_terminal(width: int) -> None:
    assert lines(snapshot(), width) == [
        "                             controls                       pay an",
        "name  state   answers  left     right         skill  speed    hour  flags",
        "ada   active       60     0  18 of 20  86% (70–97%)    8 s   €9.00      -",  # noqa: RUF001
        "ben   paused        0     0   2 of 10   25% (6–52%)      -       -      -",  # noqa: RUF001
    ]


def test_json_has_the_same_facts() -> None:
    seen = snapshot()
    ada, ben = (one.as_json() for one in people_rows(seen, timed_work(seen)))

    def of(row: Mapping[str, Any], *names: str) -> list[Any]:
        return [row[name] for name in names]

    assert of(ada, "state", "answers", "waiting", "right", "controls", "seconds", "flags") == [
        *("active", 60, 0, 18, 20, 8.0, []),
    ]
    assert ada["low"] < ada["skill"] < ada["high"]
    assert of(ada, "pay_an_hour", "currency") == [pytest.approx(9.0), "€"]
    assert of(ben, "state", "pay_an_hour", "hours", "earned") == ["paused", None, 0, "0.00"]


def test_who_is_paid_less_than_is_fair_is_named() -> None:
    seen = snapshot()
    rows = people_rows(seen, timed_work(seen))
    assert below_fair(rows, 12.0) == (
        "Below the fair €12.00 an hour: ada; `tandem people pay` says why."
    )
    assert below_fair(rows, 9.0) is None
    assert below_fair(rows, None) is None
