"""Stages: when labels are frozen, what is checked next, and what becomes of checks and promises."""

from dataclasses import replace

import pytest

from routing.decisions.decide import propose_decisions
from routing.decisions.round_status import RoundStatus
from routing.facts.populations import audit_status, checks_of, frozen_of, unchecked
from routing.facts.project import ProjectFacts
from routing.ledger.records import LedgerState
from routing.lifecycle import advance
from tests.support.snapshots import asked, doubts, facts_of, in_audit, piloted, prelabelled

TASKS = 400
ONE_VOTE = {"max_votes": 1, "blind_share": 0.0}


def known(state: LedgerState, **policy: object) -> ProjectFacts:
    """A project whose people give one vote an item."""
    return facts_of(state, policy={**ONE_VOTE, **policy})


def foreseen(state: LedgerState, **policy: object) -> LedgerState:
    """The state to which the next pass would bring it."""
    return advance(known(state, **policy)).state


class TestBeforeTheFreeze:
    def test_nothing_is_frozen_before_the_pilot_is_answered(self) -> None:
        assert not foreseen(prelabelled(TASKS)).populations

    def test_nothing_is_frozen_while_reviewing_more_still_pays(self) -> None:
        next_round = RoundStatus(known(piloted(TASKS))).next_round
        assert next_round is not None
        assert next_round.reviews
        assert not foreseen(piloted(TASKS)).populations

    def test_nothing_comes_next_while_people_owe_answers(self) -> None:
        assert RoundStatus(known(asked(piloted(TASKS), 5))).next_round is None

    def test_what_is_reviewed_next_is_what_the_model_doubts_most(self) -> None:
        state = piloted(TASKS)
        reviewed = {
            one.task for one in propose_decisions(RoundStatus(known(state))) if one.kind == "review"
        }
        others = known(state).predicted_errors.keys() - reviewed
        assert min(doubts(TASKS)[task] for task in reviewed) >= max(
            doubts(TASKS)[task] for task in others
        )

    def test_people_who_never_disagreed_leave_the_model_s_doubts_as_they_are(self) -> None:
        predicted = known(piloted(TASKS)).predicted_errors
        assert predicted == {
            task: pytest.approx(doubts(TASKS)[task], abs=1e-4) for task in predicted
        }


class TestTheFreeze:
    def test_it_comes_once_reviewing_more_no_longer_pays(self) -> None:
        state = foreseen(piloted(TASKS), target_error=0.4)
        (population,) = state.populations
        assert population.size == TASKS
        answered = {task for task, member in state.members.items() if member.label is None}
        assert answered == set(piloted(TASKS).decisions)

    def test_its_first_audits_are_the_first_in_the_drawn_order(self) -> None:
        state = foreseen(piloted(TASKS), target_error=0.3)
        (population,) = state.populations
        audits = [one.task for one in checks_of(state, population)]
        assert audits
        assert audits == frozen_of(state, population).order[: len(audits)]
        assert {one.state for one in state.checks} == {"waiting"}


class TestTheAudits:
    def test_no_more_are_drawn_while_some_wait(self) -> None:
        state = in_audit(TASKS)
        waiting = [replace(state.checks[-1], state="waiting", answer=None)]
        unanswered = {one.task for one in waiting}
        state = replace(
            state,
            checks=[*state.checks[:-1], *waiting],
            annotations=[one for one in state.annotations if one.task not in unanswered],
        )
        assert foreseen(state).checks == state.checks

    def test_more_are_drawn_once_all_are_answered_and_nothing_is_proved(self) -> None:
        state = in_audit(TASKS)
        after = foreseen(state)
        assert len(after.checks) > len(state.checks)
        assert after.checks[: len(state.checks)] == state.checks

    def test_what_somebody_answered_unasked_becomes_a_review(self) -> None:
        state = in_audit(TASKS)
        (population,) = state.populations
        task = unchecked(state, population)[0].task
        stray = replace(state.annotations[0], id=10_000, task=task, blind=False)
        after = foreseen(replace(state, annotations=[*state.annotations, stray]))
        (check,) = [one for one in after.checks if one.task == task]
        assert (check.kind, check.state) == ("review", "waiting")

    def test_a_task_that_was_deleted_is_lost(self) -> None:
        state = in_audit(TASKS)
        (population,) = state.populations
        gone = unchecked(state, population)[0].task
        tasks = {task: one for task, one in state.tasks.items() if task != gone}
        after = foreseen(replace(state, tasks=tasks))
        assert [one.state for one in after.checks if one.task == gone] == ["lost"]


class TestTheCertificate:
    def test_it_leaves_to_the_model_what_nobody_checked_and_nothing_else(self) -> None:
        state = in_audit(TASKS, None)
        (population,) = state.populations
        assert audit_status(state, population).is_kept
        state = foreseen(replace(state, populations=[replace(population, kept_at=None)]))
        assert state.populations[0].kept_at is not None
        accepted = {
            one.task for one in propose_decisions(RoundStatus(known(state))) if one.kind == "accept"
        }
        assert accepted == {one.task for one in unchecked(state, population)}

    def test_it_rests_on_what_was_known_then(self) -> None:
        state = in_audit(TASKS, None)
        (population,) = state.populations
        kept = replace(population, kept_at=population.frozen_at)
        late = replace(state.checks[-1], number=len(state.checks) + 1, state="waiting")
        state = replace(state, populations=[kept], checks=[*state.checks, late])
        assert foreseen(state).checks == state.checks
