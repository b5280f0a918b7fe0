"""The human labels to come are forecast once for the same facts."""

from dataclasses import replace

import pytest

from routing.snapshot.snapshot import Snapshot
from routing.standing import to_come
from routing.standing.to_come import facts_digest, forecast_labels
from tests.support.snapshots import asked, piloted, prelabelled, snapshot_of, with_answers

TASKS = 61
"""Of no other test, whose forecasts the same ledger in memory may know."""


def test_the_same_facts_are_forecast_once(monkeypatch: pytest.MonkeyPatch) -> None:
    played: list[object] = []

    def labels_to_come(facts: object) -> tuple[float, float, float]:
        played.append(facts)
        return 30.0, 20.0, 45.0

    monkeypatch.setattr(to_come, "labels_to_come", labels_to_come)
    state = piloted(TASKS)
    for _ in range(2):
        told = forecast_labels(snapshot_of(state))
        assert told == {"expected": 30, "low": 20, "high": 45}
    assert len(played) == 1
    forecast_labels(snapshot_of(asked(state, 5)))
    assert len(played) == 2


def digest(snapshot: Snapshot) -> str:
    return facts_digest(snapshot.facts)


def test_whatever_moves_a_forecast_makes_another_digest() -> None:
    state = piloted(TASKS)
    task = max(state.tasks.keys() - state.decisions.keys())
    believed = replace(state.predictions[0], confidence=0.123)
    found = [
        digest(snapshot_of(one))
        for one in (
            state,
            prelabelled(TASKS),
            asked(state, 3),
            with_answers(state, [task], "review"),
            replace(state, predictions=[believed, *state.predictions[1:]]),
            replace(state, annotations=state.annotations[1:]),
        )
    ]
    found.append(digest(snapshot_of(state, policy={"target_error": 0.2})))
    assert len(set(found)) == len(found)
    assert digest(snapshot_of(piloted(TASKS))) == found[0]
