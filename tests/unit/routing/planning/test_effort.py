"""The plan: what promises take before anything, from a pilot, and while they are audited."""

from dataclasses import replace

import pytest

from routing.planning.basis_of_facts import forecast_bases
from routing.planning.effort import (
    TARGETS,
    best_option,
    labels_spent,
    labels_to_come,
    outlook,
    rates_of,
)
from routing.planning.forecast import forecast
from tests.support.snapshots import facts_of, in_audit, piloted, prelabelled

N = 600
PILOT = 60


class TestBeforeAnything:
    def test_it_says_that_the_model_is_not_calibrated(self) -> None:
        ahead = outlook(facts_of(prelabelled(N)))
        assert not ahead.is_calibrated
        assert (ahead.answers, ahead.spent.labels) == (0, 0)
        assert ahead.alone.labels == N

    def test_the_pilot_is_still_to_come(self) -> None:
        (basis,) = forecast_bases(facts_of(prelabelled(N)))
        assert (basis.pilot, basis.owed, len(basis.errors)) == (60, 0, N)

    def test_nothing_is_forecast_where_nothing_is_prelabelled(self) -> None:
        state = replace(prelabelled(N), rounds=[], predictions=[])
        ahead = outlook(facts_of(state))
        assert not ahead.options
        assert ahead.alone.labels == N, "people can label all of it all the same"
        assert forecast_bases(facts_of(state)) == []
        assert labels_to_come(facts_of(state)) is None

    def test_a_task_without_a_prediction_is_like_the_others(self) -> None:
        state = prelabelled(N)
        half = replace(state, predictions=state.predictions[::2])
        (basis,) = forecast_bases(facts_of(half))
        assert len(basis.errors) == N


class TestFromAPilot:
    def test_it_plans_for_several_targets_and_the_settings_own(self) -> None:
        ahead = outlook(facts_of(piloted(N), policy={"target_error": 0.07}))
        assert ahead.is_calibrated
        assert [one.promise.error for one in ahead.options] == sorted([*TARGETS, 0.07])
        keeps = [one.share for one in ahead.options]
        assert keeps == sorted(keeps)

    def test_labels_take_money_hours_and_days(self) -> None:
        costs = {"human_label": 0.5, "model_label": 0.01, "hours_a_day": 4}
        ahead = outlook(facts_of(piloted(N, seconds=36.0), costs=costs))
        assert ahead.spent.money == pytest.approx(PILOT * 0.5 + N * 0.01)
        assert ahead.spent.hours == pytest.approx(PILOT / 100)
        assert ahead.spent.days == pytest.approx(PILOT / 100 / 8), "two people, four hours each"
        assert ahead.alone.money == pytest.approx(ahead.alone.labels * 0.5)
        one = ahead.options[0]
        assert one.expected.money == pytest.approx(one.promise.labels * 0.5 + (N - PILOT) * 0.01)
        assert one.low.days <= one.expected.days <= one.high.days

    def test_labels_spent_are_votes(self) -> None:
        assert labels_spent(piloted(N)) == PILOT

    def test_an_answer_that_cannot_be_read_is_paid_for_and_is_no_label(self) -> None:
        costs = {"human_label": 0.5, "model_label": 0.0}
        state = piloted(N, seconds=36.0)
        first, *others = state.annotations
        state = replace(state, annotations=[replace(first, answer=None), *others])
        spent = outlook(facts_of(state, costs=costs)).spent
        assert spent.labels == labels_spent(state) == PILOT - 1
        assert (spent.money, spent.hours) == pytest.approx((PILOT * 0.5, PILOT / 100))

    def test_what_is_to_come_is_the_forecast_of_the_settings_target(self) -> None:
        facts = facts_of(piloted(N), policy={"target_error": 0.1})
        (basis,) = forecast_bases(facts)
        one = forecast(basis, 0.1)
        assert labels_to_come(facts) == pytest.approx((one.labels, one.low, one.high))


class TestTheOtherWay:
    def test_the_tighter_of_money_and_time_decides(self) -> None:
        facts = facts_of(piloted(N, seconds=36.0), costs={"human_label": 1, "model_label": 0})
        rich, poor = best_option(facts, budget=400), best_option(facts, budget=200)
        assert rich
        assert poor
        assert rich.promise.error < poor.promise.error
        assert poor.expected.money <= 200
        slow = best_option(facts, budget=400, days=2 / 12)
        assert slow == poor, "200 labels are two hours, and two people work twelve a day"

    def test_labels_that_cost_nothing_are_not_limited_by_money(self) -> None:
        free = facts_of(piloted(N), costs={"human_label": 0, "model_label": 0})
        best = best_option(free, budget=0)
        assert best
        assert best.promise.error == 0

    def test_there_may_be_no_promise_that_fits(self) -> None:
        assert best_option(facts_of(piloted(N)), days=0) is None


class TestInAudit:
    def test_the_remaining_audits_are_forecast(self) -> None:
        facts = facts_of(in_audit(N, 20))
        ahead = outlook(facts)
        audits = ahead.audits[1]
        assert not ahead.options
        assert 0 < audits.low.labels <= audits.expected.labels <= audits.high.labels
        asked = audits.promise.audits + audits.promise.reviews
        assert asked == N - 80 - audits.promise.left
        assert labels_to_come(facts) == (
            audits.expected.labels,
            audits.low.labels,
            audits.high.labels,
        )
        assert ahead.alone.labels >= N - 80

    def test_nothing_is_left_once_it_is_certified(self) -> None:
        facts = facts_of(in_audit(N, None))
        ahead = outlook(facts)
        assert (ahead.options, ahead.audits, ahead.alone.labels) == ((), {}, 0)
        assert labels_to_come(facts) == (0, 0, 0)
        assert best_option(facts, budget=10) is None

    def test_tasks_that_come_later_are_planned_for_beside_it(self) -> None:
        state, later = in_audit(N, 20), prelabelled(2 * N)
        new = {task: one for task, one in later.tasks.items() if task > N}
        state = replace(
            state,
            tasks={**state.tasks, **new},
            predictions=[*state.predictions, *later.predictions[N:]],
        )
        ahead = outlook(facts_of(state))
        assert ahead.tasks == N
        assert ahead.audits.keys() == {1}
        own = next(one for one in ahead.options if one.promise.error == 0.05)
        both = labels_to_come(facts_of(state))
        assert both
        assert both[0] == own.expected.labels + ahead.audits[1].expected.labels


def test_people_are_reviewers_who_are_no_experts() -> None:
    facts = facts_of(piloted(N))
    ada, ben = facts.reviewers
    with_expert = replace(facts, reviewers=(ada, replace(ben, expert=True)))
    assert rates_of(facts).hours_a_day == 2 * rates_of(with_expert).hours_a_day
