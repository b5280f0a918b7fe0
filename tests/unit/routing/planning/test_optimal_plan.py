"""The plan: from predictions, the reviews and audits that leave the model the most."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.stats import beta

from routing.guarantee.audit_order import audit_order
from routing.guarantee.audit_test import AuditTest, Promise
from routing.planning.course import audit_course
from routing.planning.error_draws import ErrorDraws
from routing.planning.optimal_plan import audits_needed, best_plan

Floats = NDArray[np.float64]


def curve(items: int, sharpness: float = 4.0, mean: float = 0.1) -> Floats:
    """Predicted errors of a Beta distribution: the sharper, the more are near to 0 or 1."""
    total = 4 / sharpness
    places = (np.arange(items) + 0.5) / items
    return np.asarray(beta.ppf(places, mean * total, (1 - mean) * total), dtype=np.float64)


def promise(items: int, error: float = 0.05, risk: float = 0.05) -> Promise:
    return Promise(items, error, risk)


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
    left = [best_plan(curve(2000, sharp), promise(2000)).left for sharp in (0.5, 2, 8, 32)]
    assert left == sorted(left)
    assert left[-1] > left[0] + 500


def test_fewer_errors_leave_the_model_more() -> None:
    left = [best_plan(curve(2000, mean=m), promise(2000)).left for m in (0.3, 0.2, 0.1, 0.03)]
    assert left == sorted(left)


@pytest.mark.parametrize("name", ["error", "risk"])
def test_a_stricter_promise_leaves_the_model_less(name: str) -> None:
    left = [best_plan(curve(2000), promise(2000, **{name: v})).left for v in (0.02, 0.05, 0.2)]
    assert left == sorted(left)
    assert left[0] < left[-1]


def test_a_model_that_is_always_wrong_is_left_what_may_be_wrong_at_most() -> None:
    # No error is held for more certain than 99%.
    assert best_plan(np.ones(1000), promise(1000)).left <= promise(1000).allowed * 1.1


def test_a_model_that_is_right_needs_hardly_a_review_and_few_audits() -> None:
    plan = best_plan(np.zeros(1000), promise(1000))
    assert plan.reviews < 30
    assert plan.audits < 120


def test_where_no_more_are_open_than_may_be_wrong_nothing_is_to_be_done() -> None:
    plan = best_plan(np.full(50, 0.9), promise(1000))
    assert (plan.reviews, plan.audits, plan.left) == (0, 0, 50)
    assert best_plan(np.empty(0), promise(1000)).left == 0


def test_a_small_population_is_asked_a_greater_share() -> None:
    shares = [best_plan(curve(n), promise(n)).left / n for n in (60, 400, 2000, 20_000, 200_000)]
    assert shares == sorted(shares)


def test_audits_grow_more_slowly_than_the_population() -> None:
    audits = [audits_needed(curve(n, mean=0.03), np.ones(n), promise(n)) for n in (1000, 16_000)]
    assert audits[0] <= audits[1] < 2 * audits[0]


def test_what_audits_may_find_wrong_is_reviewed_beside_them() -> None:
    # Too many are left open where nobody knows whether half of them or twice as many are wrong;
    # 500 were answered, and more of them would teach little.
    predicted, promised = curve(2000), promise(2500, error=0.04)
    known = best_plan(predicted, promised)
    unknown = best_plan(predicted, promised, draws=ErrorDraws(np.array([[-0.7, 0], [0.7, 0]])))
    asked_late = [2000 - one.reviews - one.audits - one.left for one in (known, unknown)]
    assert asked_late[1] > asked_late[0]


def test_what_is_wanted_beside_the_audits_in_any_case_is_reviewed_before_them() -> None:
    # There it teaches; and whoever knows all errors reviews nothing late.
    errors = curve(2000)
    plan = best_plan(errors, promise(2000))
    assert plan.reviews + plan.audits + plan.left == pytest.approx(2000, abs=2)
    # Draws of which nearly all agree leave hardly more to be found out.
    hardly = ErrorDraws(np.array([*[[0.0, 0.0]] * 7, [-0.7, 0]]))
    doubted = best_plan(errors, promise(2000), draws=hardly)
    assert doubted.reviews + doubted.audits + doubted.left > 1950


def test_items_may_be_counted_by_kind() -> None:
    kinds, counts = np.array([0.02, 0.05]), np.array([700.0, 300.0])
    together = audits_needed(kinds, counts, promise(1000))
    each = audits_needed(np.repeat(kinds, counts.astype(int)), np.ones(1000), promise(1000))
    assert together == pytest.approx(each, rel=0.03)


@pytest.mark.parametrize(("items", "mean"), [(400, 0.03), (2000, 0.03), (2000, 0.1)])
def test_the_plan_is_what_simulated_audits_and_reviews_need_within_a_factor_of_two(
    items: int, mean: float
) -> None:
    predicted = curve(items, mean=mean)
    plan = best_plan(predicted, promise(items))
    errors = predicted[: items - plan.reviews]
    asked = [_asked(errors, promise(items), plan.audits, seed) for seed in range(15)]
    assert 0.5 < np.mean(asked) / (len(errors) - plan.left) < 2


def _asked(errors: Floats, promised: Promise, planned: int, seed: int) -> int:
    """Audit and review labels that are wrong as often as predicted, until it is certified."""
    is_wrong = np.random.default_rng(seed).random(len(errors)) < errors
    order = np.array(audit_order(dict(enumerate(errors.tolist())), seed, "test"))
    course = audit_course(AuditTest(promised, errors, planned), [], order, errors, is_wrong)
    return course.audits + course.reviews
