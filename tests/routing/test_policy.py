"""The policy: every task is ruled on once, for a stated reason, and again only for a new one."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labeling.settings import PolicySettings
from routing.ledger.records import Decision, DecisionKind
from routing.policy import Candidate, chance, is_refuted, pilot, retract, rule, unique_id

POLICY = PolicySettings(pilot=2, audit_share=0.0)
NONE: frozenset[int] = frozenset()


def decision(kind: DecisionKind, votes: int = 1, task: int = 1) -> Decision:
    return Decision(task, 1, kind, votes, "why", "m", 0.5, datetime(2026, 1, 1, tzinfo=UTC))


def test_the_pilot_is_the_same_at_every_call_and_another_by_another_seed() -> None:
    tasks = list(range(1, 500))
    policy = PolicySettings(pilot=50)

    assert pilot(tasks, policy) == pilot(tasks[::-1], policy)
    assert pilot(tasks, policy) != pilot(tasks, policy.model_copy(update={"seed": 1}))


def test_a_threshold_that_is_set_needs_no_pilot() -> None:
    assert pilot([1, 2, 3], PolicySettings(accept_above=0.9)) == NONE


def test_the_pilot_goes_to_people_and_the_rest_waits_for_it() -> None:
    rulings = rule([Candidate(1, 0.9), Candidate(2, 0.9)], frozenset([1]), None, False, POLICY)

    assert [(one.task, one.kind, one.votes) for one in rulings] == [(1, "pilot", POLICY.votes)]


@pytest.mark.parametrize(
    ("confidence", "threshold", "kind", "reason"),
    [
        (0.9, 0.8, "accept", "from 0.800 on"),
        (0.8, 0.8, "accept", "from 0.800 on"),
        (0.79, 0.8, "review", "below 0.800"),
        (0.99, None, "review", "no confidence is enough"),
        (None, 0.8, "review", "no answer"),
    ],
)
def test_confidence_decides_and_the_reason_says_how(
    confidence: float | None, threshold: float | None, kind: str, reason: str
) -> None:
    [ruling] = rule([Candidate(1, confidence)], NONE, threshold, True, POLICY)

    assert ruling.kind == kind
    assert reason in ruling.reason


def test_a_seeded_share_of_the_accepted_is_audited() -> None:
    policy = PolicySettings(audit_share=0.1)
    rulings = rule([Candidate(n, 0.99) for n in range(2000)], NONE, 0.9, True, policy)
    audits = [one.task for one in rulings if one.kind == "audit"]

    assert len(audits) == pytest.approx(200, abs=50)
    assert {one.kind for one in rulings} == {"accept", "audit"}


@given(st.floats(0, 1), st.floats(0, 1) | st.none(), st.floats(0, 1) | st.none())
def test_what_was_accepted_stays_accepted(
    confidence: float, threshold: float | None, posterior: float | None
) -> None:
    accepted = Candidate(1, confidence, ("a",), posterior, decision("accept", votes=0))

    assert rule([accepted], NONE, threshold, True, POLICY) == []


def test_doubt_after_the_votes_asks_one_more_person_until_the_most() -> None:
    policy = PolicySettings(max_votes=3, settle_above=0.9)
    one = Candidate(1, 0.5, ("a",), 0.7, decision("review", votes=1))
    three = Candidate(1, 0.5, ("a", "b", "c"), 0.4, decision("review", votes=3))

    [ruling] = rule([one], NONE, 0.8, True, policy)

    assert (ruling.kind, ruling.votes) == ("review", 2)
    assert rule([three], NONE, 0.8, True, policy) == []


def test_agreement_and_missing_votes_ask_nobody() -> None:
    sure = Candidate(1, 0.5, ("a",), 0.95, decision("review", votes=1))
    waiting = Candidate(1, 0.5, ("a",), 0.5, decision("review", votes=2))

    assert rule([sure, waiting], NONE, 0.8, True, POLICY) == []


@pytest.mark.parametrize(("highest", "is_out"), [(None, False), (0.9, False), (0.89, True)])
def test_audits_refute_where_even_the_best_reading_misses_the_target(
    highest: float | None, is_out: bool
) -> None:
    assert is_refuted(highest, POLICY) is is_out


def test_what_was_refuted_goes_to_people_with_the_reason() -> None:
    [ruling] = retract([Candidate(1, 0.9, decision=decision("accept", 0))], [False] * 5, POLICY)

    assert (ruling.kind, ruling.votes, ruling.reason) == ("retract", 1, "audits found 5 of 5 wrong")


@given(st.integers(), st.text(), st.integers())
def test_chance_is_a_number_of_its_own_and_repeats(seed: int, purpose: str, task: int) -> None:
    assert 0 <= chance(seed, purpose, task) == chance(seed, purpose, task) < 1


def test_every_decision_names_its_own_annotation() -> None:
    names = {unique_id(p, t, n) for p in range(3) for t in range(3) for n in range(3)}

    assert len(names) == 27
