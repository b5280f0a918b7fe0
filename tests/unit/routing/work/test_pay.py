"""Pay by the answer or by the hour, and who is told that the price is at fault."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labeling.settings.sections import CostSettings
from routing.work.active_time import TimedAnswer
from routing.work.fairness import fair_price, fairness_of
from routing.work.pay import pay_of
from tests.support.observed_tasks import ADA, BEN
from tests.support.work import took

BOTH = ("controls", "training")


def costs(label: float = 0.1, fair: float | None = 12.0, hour: float | None = None) -> CostSettings:
    return CostSettings(human_label=label, fair_per_hour=fair, pay_per_hour=hour)


def answers(seconds: float, by: int = ADA, n: int = 20) -> list[TimedAnswer]:
    return [took(task, seconds, by=by) for task in range(n)]


def test_each_answer_is_paid_and_a_skip_is_not() -> None:
    done = [took(1, 36.0), took(2, 36.0, skipped=True), took(3, 36.0, kind="control")]
    pay = pay_of(ADA, done, costs(0.1), BOTH)
    assert pay.earned == Decimal("0.20")
    assert {kind: one.answers for kind, one in pay.parts.items()} == {
        "label": 1,
        "control": 1,
        "training": 0,
    }
    assert pay.parts["label"].skipped == 1
    assert pay.hours == pytest.approx(0.03)
    assert pay.per_hour == pytest.approx(0.2 / 0.03)


def test_by_the_hour_active_time_is_paid_that_of_skips_too() -> None:
    done = [took(1, 90.0), took(2, 90.0, skipped=True)]
    assert pay_of(ADA, done, costs(hour=20.0), ()).earned == Decimal("1.00")


def test_controls_and_training_are_paid_as_the_settings_say() -> None:
    done = [took(1), took(2, kind="control"), took(3, kind="training"), took(4, kind="training")]
    earned = {
        paid: pay_of(ADA, done, costs(0.1), paid).earned
        for paid in [(), ("controls",), ("training",), BOTH]
    }
    assert [str(one) for one in earned.values()] == ["0.10", "0.20", "0.30", "0.40"]


def test_nobody_is_owed_fractions_of_a_cent() -> None:
    assert pay_of(ADA, [took(1)] * 3, costs(0.005), ()).earned == Decimal("0.02")


def test_who_reaches_the_floor_is_paid_fairly() -> None:
    # 0.1 for 30 seconds is exactly 12 an hour.
    own = answers(30.0)
    found = fairness_of(pay_of(ADA, own, costs(), ()), own, own, costs())
    assert found is not None
    assert found.verdict == "fair"


def test_where_others_need_as_long_the_price_is_at_fault() -> None:
    own, others = answers(60.0), answers(54.0, BEN)
    found = fairness_of(pay_of(ADA, own, costs(), ()), own, [*own, *others], costs())
    assert found is not None
    assert found.verdict == "price"
    assert (found.own_seconds, found.others_seconds) == (60.0, 54.0)
    assert found.fair_price == pytest.approx(0.18)  # an hour at 12, of 54 seconds each


def test_where_others_would_reach_the_floor_it_is_the_pace() -> None:
    own, others = answers(60.0), answers(20.0, BEN)
    found = fairness_of(pay_of(ADA, own, costs(), ()), own, [*own, *others], costs())
    assert found is not None
    assert (found.verdict, found.shared) == ("pace", 20)


def test_with_few_shared_items_nothing_is_said_of_the_pace() -> None:
    own, others = answers(60.0), answers(20.0, BEN, n=9)
    found = fairness_of(pay_of(ADA, own, costs(), ()), own, [*own, *others], costs())
    assert found is not None
    assert (found.verdict, found.shared, found.fair_price) == ("unknown", 9, None)


def test_unpaid_training_may_be_all_that_is_unfair() -> None:
    own = [*answers(30.0), *(took(task, 60.0, kind="training") for task in range(20))]
    found = fairness_of(pay_of(ADA, own, costs(), ()), own, own, costs())
    assert found is not None
    assert found.verdict == "unpaid"


def test_pay_by_the_hour_below_the_floor_is_the_prices_fault() -> None:
    own = answers(60.0)
    found = fairness_of(pay_of(ADA, own, costs(hour=5.0), ()), own, own, costs(hour=5.0))
    assert found is not None
    assert (found.verdict, found.fair_price) == ("price", None)


def test_without_a_floor_or_without_work_nothing_is_judged() -> None:
    own = answers(60.0)
    assert fairness_of(pay_of(ADA, own, costs(), ()), own, own, costs(fair=None)) is None
    assert fairness_of(pay_of(ADA, [], costs(), ()), [], own, costs()) is None


def test_the_fair_price_pays_for_the_time_that_labels_take_skips_included() -> None:
    done = [took(1, 30.0), took(2, 30.0), took(3, 30.0, skipped=True), took(4, kind="control")]
    assert fair_price(done, 12.0) == pytest.approx(0.15)
    assert fair_price([], 12.0) is None


WORK = st.lists(
    st.builds(
        took,
        st.integers(0, 50),
        st.floats(0, 120),
        kind=st.sampled_from(["label", "control", "training"]),
        skipped=st.booleans(),
    ),
    max_size=60,
)


@given(WORK, st.floats(0, 10), st.none() | st.floats(0, 100), st.sampled_from([(), BOTH]))
def test_a_payout_is_the_sum_of_its_parts_in_whole_cents(
    done: list[TimedAnswer], label: float, hour: float | None, paid: tuple[str, ...]
) -> None:
    pay = pay_of(ADA, done, costs(label, hour=hour), paid)
    assert pay.earned == sum(one.earned for one in pay.parts.values())
    assert pay.earned == round(pay.earned, 2)
    assert pay.earned >= 0
    assert pay.hours >= 0
    assert sum(one.answers + one.skipped for one in pay.parts.values()) == len(done)


@given(WORK)
def test_more_is_never_earned_where_less_is_paid(done: list[TimedAnswer]) -> None:
    assert pay_of(ADA, done, costs(), ()).earned <= pay_of(ADA, done, costs(), BOTH).earned
