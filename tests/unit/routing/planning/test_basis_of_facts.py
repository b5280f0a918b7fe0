"""What forecasts rest on, from a project's facts: tasks that are left, answers, votes."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.facts.vote_demands import Reviewer
from routing.planning.basis_of_facts import (
    Floats,
    audit_basis,
    forecast_bases,
    open_calibration,
    restated,
    votes_per_task,
)
from tests.support.snapshots import asked, facts_of, in_audit, piloted, prelabelled

N = 600
PILOT = 60


class TestOpenPopulation:
    def test_after_the_pilot_the_rest_is_open(self) -> None:
        (basis,) = forecast_bases(facts_of(piloted(N)))
        assert (basis.pilot, basis.size, len(basis.errors)) == (0, N, N - PILOT)

    def test_votes_that_are_owed_are_to_come_whatever_the_target(self) -> None:
        (basis,) = forecast_bases(facts_of(asked(piloted(N), 20)))
        assert len(basis.errors) == N - 80
        assert 20 <= basis.owed <= 60, "a vote may bring another one"

    def test_answers_tell_how_far_the_predictions_may_be_off(self) -> None:
        before, after = (open_calibration(facts_of(one)) for one in (prelabelled(N), piloted(N)))
        assert np.linalg.det(after.precision) > 10 * np.linalg.det(before.precision)

    def test_the_same_facts_give_the_same_draws(self) -> None:
        (one,), (same,) = (forecast_bases(facts_of(piloted(N))) for _ in range(2))
        assert np.array_equal(one.draws.of(one.errors), same.draws.of(same.errors))


class TestFrozenPopulation:
    def test_checks_that_were_answered_are_known_and_the_rest_keeps_its_order(self) -> None:
        facts = facts_of(in_audit(N, 20))
        basis = audit_basis(facts, facts.state.populations[-1])
        assert (len(basis.events), len(basis.waiting)) == (20, 0)
        assert len(basis.order) == N - PILOT - 20
        assert len(basis.errors) == N - PILOT

    def test_what_waits_is_told_apart(self) -> None:
        state = in_audit(N, 20)
        last = state.checks[-1]
        waiting = replace(last, state="waiting", answer=None)
        state = replace(
            state,
            checks=[*state.checks[:-1], waiting],
            annotations=[one for one in state.annotations if one.task != last.task],
        )
        facts = facts_of(state)
        basis = audit_basis(facts, state.populations[-1])
        assert list(basis.waiting) == [19]
        assert basis.owed >= 1


class TestVotes:
    def test_before_anything_people_are_unknown_and_the_rule_tells(self) -> None:
        facts = facts_of(prelabelled(N))
        votes = votes_per_task(facts)
        assert votes.pilot == pytest.approx(1.0), "of two people, the second could but bring a tie"
        many = tuple(Reviewer(worker, 100) for worker in range(5))
        of_many = votes_per_task(replace(facts, reviewers=many))
        assert 2 <= of_many.pilot.mean() < 3
        assert of_many.review.std() > 0.1

    def test_several_votes_are_what_the_settings_ask_for(self) -> None:
        votes = votes_per_task(facts_of(prelabelled(N), policy={"votes": 2}))
        assert votes.pilot.min() >= 2


@given(st.lists(st.floats(0.4, 0.99), min_size=2, max_size=50))
def test_predictions_are_read_off_the_models_own_scores(scores: list[float]) -> None:
    known: Floats = np.array(scores, dtype=np.float64)
    read = restated(known, 1 - known, known)
    assert read == pytest.approx(1 - known, abs=0.12)


def test_scores_beyond_the_known_ones_are_read_off_a_line() -> None:
    known = np.arange(70, 100, dtype=np.float64) / 100
    assert restated(known, 1 - known, np.array([0.5])) == pytest.approx([0.5], abs=0.02)
    alike = restated(np.full(5, 0.8), np.full(5, 0.3), np.array([0.6]))
    assert alike == pytest.approx([0.3])
