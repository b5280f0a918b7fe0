"""Stages: when labels are frozen, what is checked next, and what becomes of checks and promises."""

from dataclasses import replace

import pytest

from routing.decisions.decide import propose_decisions, to_decisions, with_decisions
from routing.decisions.round_status import RoundStatus
from routing.facts.populations import (
    audit_status,
    checks_of,
    errors_after_audits,
    frozen_of,
    overruled_in,
    proven,
    unchecked,
)
from routing.facts.project import ProjectFacts
from routing.guarantee.audited_errors import HIGHEST_ERROR
from routing.guarantee.frozen_population import audit_test_of, events_of
from routing.ledger.records import LedgerState
from routing.lifecycle import advance
from tandem.export.outcome import dataset_of
from tests.support.ledger_states import answer
from tests.support.observed_tasks import BEN, NOON
from tests.support.snapshots import (
    asked,
    doubts,
    facts_of,
    in_audit,
    piloted,
    prelabelled,
    truth,
    with_answers,
)

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
        proposed = {one.task: one.kind for one in propose_decisions(RoundStatus(known(state)))}
        left = unchecked(state, population)
        assert proposed.keys() == {one.task for one in left}
        accepted = {task for task, kind in proposed.items() if kind == "accept"}
        errors = errors_after_audits(state, population)
        assert accepted == {one.task for one in left if errors[one.task] <= HIGHEST_ERROR}

    def test_it_has_people_asked_about_what_is_nearly_a_guess(self) -> None:
        state = in_audit(TASKS, None)
        (population,) = state.populations
        doubted, *others = unchecked(state, population)
        members = {**state.members, doubted.task: replace(doubted, error=0.6)}
        kept = replace(population, kept_at=population.frozen_at)
        after = known(replace(state, populations=[kept], members=members))
        proposed = propose_decisions(RoundStatus(after))
        kinds = {one.task: one.kind for one in proposed}
        assert kinds[doubted.task] == "dispute"
        errors = errors_after_audits(after.state, kept)
        sure = [one.task for one in others if errors[one.task] <= HIGHEST_ERROR]
        assert {kinds[task] for task in sure} == {"accept"}
        decided = with_decisions(after.state, to_decisions(after, proposed, NOON))
        dataset = dataset_of(known(decided)).set_index("task")
        until_they_answer = dataset.loc[doubted.task]
        assert tuple(until_they_answer[["label", "source"]]) == (doubted.label, "model")

    def test_it_rests_on_what_was_known_then(self) -> None:
        state = in_audit(TASKS, None)
        (population,) = state.populations
        kept = replace(population, kept_at=population.frozen_at)
        late = replace(state.checks[-1], number=len(state.checks) + 1, state="waiting")
        state = replace(state, populations=[kept], checks=[*state.checks, late])
        assert foreseen(state).checks == state.checks


class TestOverruledLabels:
    """Every label that people gave and that the model contradicts, as sure as it is of it."""

    def certified(self, **policy: object) -> LedgerState:
        """Some audits more than the promise needs leave room for labels that are overruled."""
        state = in_audit(TASKS, None)
        (population,) = state.populations
        first = len(state.checks)
        more = frozen_of(state, population).order[first : first + 20]
        checks = [
            replace(state.checks[0], number=first + place, task=task, answer=truth(TASKS)[task])
            for place, task in enumerate(more, start=1)
        ]
        state = with_answers(replace(state, checks=[*state.checks, *checks]), more, "audit")
        sure = [
            replace(one, confidence=0.99 + one.task / 100_000, calibrator="platt:60")
            for one in state.predictions
        ]
        open_again = replace(population, kept_at=None)
        return foreseen(replace(state, predictions=sure, populations=[open_again]), **policy)

    def test_are_the_surest_that_the_audits_leave_room_for(self) -> None:
        state = self.certified()
        (population,) = state.populations
        stated = overruled_in(population)
        contradicted = [
            task for task in known(state).task_labels.people if truth(TASKS)[task] == "negative"
        ]
        frozen = frozen_of(state, population)
        events = events_of(frozen, proven(state, population))
        room = audit_test_of(frozen).room(events, len(contradicted))
        assert 0 < room < len(contradicted)
        assert [one.task for one in stated] == sorted(contradicted)[-room:]
        assert {(one.people, one.final) for one in stated} == {("negative", "positive")}
        assert audit_status(state, population).is_kept

    def test_are_the_only_ones_in_which_people_have_not_the_last_word(self) -> None:
        labels = known(self.certified()).task_labels
        against = {task for task, final in labels.final.items() if final != labels.people[task]}
        assert against == labels.overruled

    def test_are_none_where_people_can_still_be_asked(self) -> None:
        state = self.certified(max_votes=2)
        assert overruled_in(state.populations[0]) == []
        disputes = [
            one
            for one in propose_decisions(RoundStatus(known(state, max_votes=2)))
            if one.kind == "dispute" and one.task in state.decisions
        ]
        assert {truth(TASKS)[one.task] for one in disputes} == {"negative"}


class TestDisputes:
    def test_wait_until_a_check_is_counted(self) -> None:
        state = in_audit(TASKS)
        sure = [replace(one, confidence=0.99) for one in state.predictions]
        (wrong, *_) = [one.task for one in state.checks if one.answer == "negative"]
        waiting = [
            replace(one, state="waiting", answer=None) if one.task == wrong else one
            for one in state.checks
        ]
        facts = known(replace(state, predictions=sure, checks=waiting), max_votes=2)
        assert wrong not in RoundStatus(facts).waited_for
        after = advance(facts)
        counted = {one.task: one.answer for one in after.state.checks}
        assert counted[wrong] == "negative"
        proposed = propose_decisions(RoundStatus(after))
        assert [one.kind for one in proposed if one.task == wrong] == ["dispute"]
        disputed = with_decisions(after.state, to_decisions(after, proposed, NOON))
        voted = replace(answer(10_001, wrong, BEN, "positive"), blind=True)
        annotations = [*disputed.annotations, voted]
        later = advance(after.with_state(replace(disputed, annotations=annotations)))
        assert {one.task: one.answer for one in later.state.checks}[wrong] == "negative"
        assert len(later.consensus.people[wrong]) == 2
