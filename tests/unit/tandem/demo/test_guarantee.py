"""The demo holds its promise against gold: what the model keeps, and how much of it is wrong."""

from dataclasses import replace
from datetime import UTC, datetime

from rich.console import Console

from routing.ledger.records import Decision, DecisionKind, Member, Population, RecordedCheck
from tandem.demo.guarantee import kept_labels, promise_table
from tandem.demo.reviewers import Post
from tests.support.ledger_states import state, task

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
POPULATION = Population(1, 4, 0.5, 0.05, 0, 1, "", "model-1", "enough", NOON, NOON)
POSTS = {one: Post(str(one), f"Text {one}", "good", "") for one in (1, 2, 3, 4)}


def test_only_what_was_accepted_is_the_models_and_is_held_against_gold() -> None:
    members = {
        1: Member(1, 1, None, None),
        2: Member(2, 1, "good", 0.1),
        3: Member(3, 1, "bad", 0.1),
        4: Member(4, 1, "bad", 0.4),
    }
    kinds: dict[int, DecisionKind] = {2: "accept", 3: "accept", 4: "audit"}
    decisions = {
        one: Decision(one, 1, kind, 0, "", "model-1", 0.9, NOON) for one, kind in kinds.items()
    }
    known = replace(
        state([task(one) for one in POSTS]),
        members=members,
        decisions=decisions,
        populations=[POPULATION],
        checks=[RecordedCheck(1, 1, 4, "audit", "answered", "good", NOON)],
    )
    assert kept_labels(known, POPULATION) == {2: "good", 3: "bad"}
    console = Console(width=120, record=True)
    console.print(promise_table(known, POSTS))
    assert "1 (25.0%)" in console.export_text()
