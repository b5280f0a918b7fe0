"""Each rule says stop at its limit, goes on before it, and says nothing of what is not known."""

import pytest

from routing.planning.learning_curve import Estimate
from routing.planning.review_rounds import WORTH_A_ROUND
from routing.planning.stopping import (
    LITTLE_GAIN,
    STABLE_KAPPA,
    StoppingSign,
    label_stability_sign,
    learning_curve_sign,
    overall_uncertainty_sign,
    plan_sign,
)


def test_the_plan_says_stop_where_it_asks_for_no_other_round() -> None:
    assert plan_sign(3, 100).has_fired
    assert not plan_sign(4, 100).has_fired
    assert plan_sign(0, 0).has_fired
    assert plan_sign(3, 100).limit == WORTH_A_ROUND


def test_the_learning_curve_says_stop_once_the_most_that_is_likely_is_little() -> None:
    assert learning_curve_sign(Estimate(0.001, 0.0, LITTLE_GAIN)).has_fired
    assert not learning_curve_sign(Estimate(0.001, 0.0, 2 * LITTLE_GAIN)).has_fired


def test_labels_are_stable_after_three_lessons_that_change_next_to_none() -> None:
    assert label_stability_sign([0.5, 0.99, 1.0, 0.99]).has_fired
    assert not label_stability_sign([0.99, 0.95, 0.99]).has_fired
    assert label_stability_sign([1.0, 1.0]) == StoppingSign(
        "label stability", None, STABLE_KAPPA, False
    )


def test_the_model_s_doubt_says_stop_once_it_is_what_the_promise_allows() -> None:
    assert overall_uncertainty_sign(0.05, 0.05).has_fired
    assert not overall_uncertainty_sign(0.06, 0.05).has_fired


@pytest.mark.parametrize(
    "sign",
    [
        plan_sign(None, 100),
        learning_curve_sign(None),
        label_stability_sign([]),
        overall_uncertainty_sign(None, 0.05),
    ],
    ids=lambda one: one.rule,
)
def test_what_is_not_known_does_not_say_stop(sign: StoppingSign) -> None:
    assert sign.value is None
    assert not sign.has_fired
