"""Costs: a label's price and time, as the settings say and as people were measured."""

import pytest
from pydantic import ValidationError

from labeling.settings.sections import CostSettings
from routing.planning.costs import ENOUGH_TIMES, rates


def test_a_label_has_the_price_of_the_settings() -> None:
    at = rates(CostSettings(human_label=0.1, model_label=0.001))
    assert at.money(10, 100) == pytest.approx(1.1)


def test_people_may_be_paid_by_the_hour_instead() -> None:
    at = rates(CostSettings(pay_per_hour=18, seconds_per_label=20))
    assert at.money(10) == pytest.approx(1.0)


def test_an_hour_is_as_many_labels_as_people_were_measured_to_give() -> None:
    costs = CostSettings(pay_per_hour=36, seconds_per_label=20)
    few, enough = [5.0] * (ENOUGH_TIMES - 1), [4.0, 4.0, 5.0, 5.0, 5.0, 5.0, 5.0, 5.0, 9.0, 900.0]
    assert rates(costs, few).seconds == 20
    assert rates(costs, enough).seconds == 5
    assert rates(costs, enough).money(1) == pytest.approx(0.05)


@pytest.mark.parametrize(
    ("prices", "model_label"),
    [
        ({}, 0.0002),
        ({"million_tokens": 2, "tokens_per_label": 400}, 0.0008),
        ({"gpu_hour": 3, "gpu_labels_per_hour": 10_000}, 0.0003),
        ({"million_tokens": 2, "tokens_per_label": 400, "gpu_hour": 3}, 0.00095),
        ({"million_tokens": 0}, 0.0),
    ],
)
def test_the_model_is_paid_by_the_answer_by_tokens_or_by_the_hour(
    prices: dict[str, float], model_label: float
) -> None:
    at = rates(CostSettings.model_validate(prices))
    assert at.model_label == pytest.approx(model_label)


def test_reviewers_work_side_by_side() -> None:
    costs = CostSettings(seconds_per_label=36, hours_a_day=5)
    one, four = rates(costs), rates(costs, people=4)
    assert one.hours(1000) == four.hours(1000) == pytest.approx(10)
    assert one.days(1000) == pytest.approx(2)
    assert four.days(1000) == pytest.approx(0.5)
    assert rates(costs, people=0) == one, "where none is named, one is assumed"


def test_a_day_has_no_more_than_24_hours() -> None:
    with pytest.raises(ValidationError, match="hours_a_day"):
        CostSettings(hours_a_day=25)
