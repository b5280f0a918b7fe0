"""What a snapshot says is asked in a project."""

from dataclasses import replace

from routing.snapshot.snapshot import Snapshot
from tests.support.ledger_states import TASK, answer, decision, state, task
from tests.support.observed_tasks import ADA
from tests.support.snapshots import snapshot_of


def without_reviewers(snapshot: Snapshot) -> Snapshot:
    """The same project where everybody shares a tab."""
    return replace(snapshot, facts=replace(snapshot.facts, reviewers=()))


def test_what_nobody_is_left_to_give_is_asked_of_nobody() -> None:
    asked = state([task(TASK)], decisions=[decision("review")])
    skipped = replace(asked, annotations=[answer(1, TASK, ADA, None)])
    for known, votes in ((asked, 1), (skipped, 0)):
        (demand,) = without_reviewers(snapshot_of(known)).demands
        assert demand.votes == votes
    (demand,) = snapshot_of(skipped).demands
    assert demand.votes == 1, "another reviewer is left"
