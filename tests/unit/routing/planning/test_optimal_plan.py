"""The plan: from predictions, the reviews and audits that leave the model the most."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labeling.mathtypes import Floats
from routing.guarantee.audit_order import audit_order
from routing.guarantee.audit_test import AuditTest, Promise
from routing.planning.course import audit_course
from routing.planning.error_draws import AS_PREDICTED, ErrorDraws, log_odds, probability
from routing.planning.optimal_plan import best_plan
from tests.support.predicted_errors import error_curve, promise_of_open


@given(
    errors=st.lists(st.floats(0, 1), max_size=60),
    answered=st.integers(0, 40),
    error=st.floats(0.001, 0.5),
)
@settings(deadline=None)
def test_no_more_is_reviewed_audited_and_left_than_is_open(
    errors: list[float], answered: int, error: float
) -> None:
    plan = best_plan(np.array(errors), Promise(len(errors) + answered, error, 0.05))
    # Rounding may count one item twice.
    assert plan.reviews + plan.audits + plan.left <= len(errors) + 1
    assert min(plan.reviews, plan.audits, plan.left) >= 0


def test_sharper_predictions_leave_the_model_more() -> None:
    promised = promise_of_open(2000, answered=500)
    left = [best_plan(error_curve(2000, sharp), promised).left for sharp in (0.5, 2, 8, 32)]
    assert left == sorted(left)
    assert left[-1] > left[0] + 500


def test_fewer_errors_leave_the_model_more() -> None:
    left = [
        best_plan(error_curve(2000, mean=m), promise_of_open(2000)).left
        for m in (0.3, 0.2, 0.1, 0.03)
    ]
    assert left == sorted(left)


@pytest.mark.parametrize(
    "promised",
    [
        [promise_of_open(2000, error=one) for one in (0.02, 0.05, 0.2)],
        [promise_of_open(2000, risk=one) for one in (0.02, 0.05, 0.2)],
    ],
    ids=["error", "risk"],
)
def test_a_stricter_promise_leaves_the_model_less(promised: list[Promise]) -> None:
    left = [best_plan(error_curve(2000), one).left for one in promised]
    assert left == sorted(left)
    assert left[0] < left[-1]


def test_a_model_that_is_always_wrong_is_left_what_may_be_wrong_at_most() -> None:
    # No error is held for more certain than 99%.
    assert (
        best_plan(np.ones(1000), promise_of_open(1000)).left <= promise_of_open(1000).allowed * 1.1
    )


def test_a_model_that_is_right_needs_hardly_a_review_and_few_audits() -> None:
    plan = best_plan(np.zeros(1000), promise_of_open(1000))
    assert plan.reviews < 30
    assert plan.audits < 120


def test_where_no_more_are_open_than_may_be_wrong_nothing_is_to_be_done() -> None:
    plan = best_plan(np.full(50, 0.9), promise_of_open(1000))
    assert (plan.reviews, plan.audits, plan.left) == (0, 0, 50)
    assert best_plan(np.empty(0), promise_of_open(1000)).left == 0


def test_a_small_population_is_asked_a_greater_share() -> None:
    shares = [
        best_plan(error_curve(n), promise_of_open(n)).left / n
        for n in (60, 400, 2000, 20_000, 200_000)
    ]
    assert shares == sorted(shares)


UNSURE = ErrorDraws(np.array([[-0.7, 0.0], [0.7, 0.0]]))
"""Half as many may be wrong as is predicted, or twice as many."""


def test_what_audits_may_find_wrong_is_reviewed_beside_them() -> None:
    # So many are answered that more of them would teach little.
    known, unsure = (
        best_plan(error_curve(2000), promise_of_open(2000, answered=100_000), draws=one)
        for one in (AS_PREDICTED, UNSURE)
    )
    asked_late = [2000 - one.reviews - one.audits - one.left for one in (known, unsure)]
    assert asked_late[1] > 1.5 * asked_late[0]
    assert unsure.reviews < known.reviews


def test_the_fewer_are_answered_the_more_is_reviewed_before_the_audits() -> None:
    # There it teaches; most of it would be reviewed beside them otherwise.
    few, many = (
        best_plan(error_curve(2000), promise_of_open(2000, answered=answered), draws=UNSURE)
        for answered in (60, 100_000)
    )
    assert few.reviews > 2 * many.reviews
    assert few.left > many.left


@given(answered=st.integers(0, 5000), more=st.integers(1, 5000))
@settings(deadline=None, max_examples=20)
def test_answers_are_taken_to_teach_the_less_the_more_there_are(answered: int, more: int) -> None:
    errors = error_curve(300, mean=0.2)
    early, late = (
        best_plan(errors, promise_of_open(300, answered=one)).left
        for one in (answered, answered + more)
    )
    # Cuts are tried at some numbers of items only.
    assert early >= late - 3


def test_no_more_is_taken_to_be_learned_than_was_ever_seen() -> None:
    errors = error_curve(200_000)
    begun = best_plan(errors, promise_of_open(200_000, answered=60))
    # Sixteen times as many answers make errors fall by a power of .2.
    learned = probability(log_odds(errors) - 0.2 * np.log(16))
    at_best = best_plan(learned, promise_of_open(200_000, answered=10**8))
    # Bins hold other means of what was learned.
    assert begun.left <= 1.01 * at_best.left


@pytest.mark.parametrize(("items", "mean"), [(400, 0.03), (2000, 0.03), (2000, 0.1)])
def test_the_plan_is_what_simulated_audits_and_reviews_need_within_a_factor_of_two(
    items: int, mean: float
) -> None:
    predicted = error_curve(items, mean=mean)
    plan = best_plan(predicted, promise_of_open(items))
    errors = predicted[: items - plan.reviews]
    asked = [_asked(errors, promise_of_open(items), plan.audits, seed) for seed in range(15)]
    assert 0.5 < np.mean(asked) / (len(errors) - plan.left) < 2


def _asked(errors: Floats, promised: Promise, planned: int, seed: int) -> int:
    """Audit and review labels that are wrong as often as predicted, until it is certified."""
    is_wrong = np.random.default_rng(seed).random(len(errors)) < errors
    order = np.array(audit_order(dict(enumerate(errors.tolist())), seed, "test"))
    course = audit_course(AuditTest(promised, errors, planned), [], order, errors, is_wrong)
    return course.audits + course.reviews
