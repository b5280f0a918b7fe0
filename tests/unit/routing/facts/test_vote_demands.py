"""Vote demands: what people owe a task, and from when on an expert owes it."""

from datetime import UTC, datetime

import pytest

from labeling.settings.policy_section import PolicySettings
from routing.facts.vote_demands import VoteDemand, vote_demands, votes_cap
from routing.ledger.records import BLIND, Decision, DecisionKind, LedgerAnnotation, LedgerState

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


def state(votes: int, answers: dict[int, str | None], kind: DecisionKind = "review") -> LedgerState:
    """One task that is given to that many people, and what they answered; None: skipped."""
    annotations = [
        LedgerAnnotation(
            id=worker,
            task=7,
            worker_id=worker,
            worker=f"user {worker}",
            answer=answer,
            result=[],
            kind="person",
            stray=False,
            was_cancelled=answer is None,
            lead_time=None,
            created_at=NOON,
            updated_at=NOON,
            unique_id=None,
            parent_prediction=None,
        )
        for worker, answer in answers.items()
    ]
    decision = Decision(7, 1, kind, votes, "in doubt", None, 0.4, NOON)
    return LedgerState({}, [], annotations, {7: decision}, [], [])


def demands(known: LedgerState, most: int | None) -> list[VoteDemand]:
    blind = {task for task, one in known.decisions.items() if one.kind in BLIND}
    return vote_demands(known.decisions, known.annotations, blind, most)


def test_a_task_owes_the_votes_that_are_missing() -> None:
    (demand,) = demands(state(3, {1: "A", 2: None}), most=3)
    assert (demand.votes, demand.answered, demand.skipped) == (2, frozenset([1]), frozenset([2]))
    assert not demand.expert


@pytest.mark.parametrize(
    ("votes", "answered", "most", "expert"),
    [
        (3, 2, 3, False),  # within the cap
        (3, 2, 2, True),  # the cap is spent, one more is owed
        (3, 1, 2, False),  # the cap is not spent yet
        (3, 2, None, False),
    ],
)
def test_what_is_asked_beyond_the_cap_waits_for_an_expert(
    votes: int, answered: int, most: int | None, expert: bool
) -> None:
    answers: dict[int, str | None] = dict.fromkeys(range(1, answered + 1), "A")
    (demand,) = demands(state(votes, answers), most)
    assert demand.expert == expert


def test_what_is_left_to_the_model_is_owed_by_nobody() -> None:
    assert demands(state(0, {}, kind="accept"), most=3) == []


@pytest.mark.parametrize(("people", "most"), [(0, 2), (2, 2), (9, 3), (1, 2)])
def test_the_cap_is_within_the_settings_and_the_people(people: int, most: int) -> None:
    assert votes_cap(PolicySettings(votes=2, max_votes=3), people) == most
