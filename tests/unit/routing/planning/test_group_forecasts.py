"""Forecasts of groups: their sum, and the best error rate that all of them can have."""

from dataclasses import replace

import numpy as np
import pytest

from routing.planning.basis import Basis
from routing.planning.forecast import forecast
from routing.planning.group_forecasts import best, everything, forecast_all, together

ERROR, RISK = 0.1, 0.05


def basis(tasks: int, mean: float = 0.17, owed: float = 0.0) -> Basis:
    """What is known of a group: most of its predicted errors are small, a few are large."""
    errors = np.random.default_rng(1).beta(0.7, 0.7 * (1 / mean - 1), tasks)
    return Basis(errors, tasks, RISK, owed=owed)


class TestTheSum:
    def test_of_one_group_is_its_own_forecast(self) -> None:
        assert forecast_all([basis(200)], ERROR) == forecast(basis(200), ERROR)

    def test_of_several_asks_for_what_all_of_them_do(self) -> None:
        easy, hard = (forecast(basis(200, mean), ERROR) for mean in (0.05, 0.4))
        whole = forecast_all([basis(200, 0.05), basis(200, 0.4)], ERROR)
        assert whole.labels == easy.labels + hard.labels
        assert whole.left == easy.left + hard.left
        assert (whole.low, whole.high) == (easy.low + hard.low, easy.high + hard.high)
        assert whole.batches == max(easy.batches, hard.batches)

    def test_is_worth_it_where_the_model_helps_in_one_group(self) -> None:
        helped = forecast(basis(200), ERROR)
        few = replace(helped, is_worth=False)
        assert together([helped, few]).is_worth
        assert not together([few, few]).is_worth

    def test_of_a_promise_a_group_takes_more_than_one_of_all(self) -> None:
        halves = [basis(200), basis(200)]
        whole = replace(halves[0], errors=np.concatenate([one.errors for one in halves]), size=400)
        assert forecast_all(halves, ERROR).labels > forecast(whole, ERROR).labels


class TestBest:
    @pytest.mark.parametrize("labels", [60, 120])
    def test_it_is_the_lowest_rate_that_fits(self, labels: int) -> None:
        known = [basis(120), basis(80)]
        found = best(known, labels)
        assert found is not None
        assert found.labels <= labels
        assert found == forecast_all(known, found.error)
        assert forecast_all(known, found.error / 2).labels > labels

    def test_people_label_everything_where_that_fits(self) -> None:
        assert best([basis(300), basis(100)], 400) == everything([basis(300), basis(100)])
        assert everything([basis(400)]).error == 0

    def test_there_is_none_where_not_even_the_loosest_fits(self) -> None:
        assert best([basis(400, owed=6), basis(400, owed=4)], 9) is None
