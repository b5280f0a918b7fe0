"""What the rules' p-values are made of: shuffles, habits among people, and false discoveries."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregation.quality.rules.among_people import (
    learned_directions,
    unusually_high,
    unusually_often,
)
from aggregation.quality.rules.permutation import permutation_p, shuffles_within
from aggregation.quality.rules.registry import adjusted_p_values
from labeling.mathtypes import Floats


@given(st.lists(st.integers(0, 3), min_size=1, max_size=30), st.integers(0, 99))
def test_shuffles_stay_within_their_stratum(strata: list[int], seed: int) -> None:
    places = np.array(strata, dtype=np.intp)
    orders = shuffles_within(places, 5, np.random.default_rng(seed))
    assert (np.sort(orders, axis=1) == np.arange(len(strata))).all()
    assert (places[orders] == places).all()


def test_every_order_comes_equally_often() -> None:
    orders = shuffles_within(np.zeros(3, dtype=np.intp), 6000, np.random.default_rng(0))
    counts = np.unique(orders, axis=0, return_counts=True)[1]
    assert len(counts) == 6
    assert counts == pytest.approx([1000] * 6, abs=120)


def test_a_permutation_s_p_value_is_uniform_under_chance_and_small_in_the_tail() -> None:
    rng = np.random.default_rng(1)

    def draw(count: int) -> Floats:
        return rng.standard_normal(count)

    values = np.array([permutation_p(float(rng.standard_normal()), draw) for _ in range(800)])
    for level in (0.02, 0.1, 0.3):
        assert np.mean(values <= level) == pytest.approx(level, abs=4 * np.sqrt(level / 800))
    assert 1e-9 < permutation_p(5.0, draw) < 1e-4


def test_habits_that_differ_honestly_are_not_unusual_and_one_far_out_is() -> None:
    rng = np.random.default_rng(2)
    below = []
    for _ in range(300):
        variances = rng.uniform(0.01, 1.0, 40)
        scores: Floats = rng.normal(3.0, 0.7, 40) + rng.normal(0, np.sqrt(variances))
        below.append(np.mean(unusually_high(scores, variances) <= 0.05))
    assert np.mean(below) <= 0.05
    scores[0] = 3.0 + 12.0
    assert unusually_high(scores, variances).argmin() == 0
    assert unusually_high(scores, variances)[0] < 1e-4


def test_some_careless_people_do_not_hide_each_other() -> None:
    counts, of = np.full(40, 2), np.full(40, 40)
    counts[:4] = 38
    assert unusually_often(counts, of)[:4].max() < 1e-4


def test_of_few_people_nobody_is_unusual() -> None:
    assert (unusually_high(np.arange(9, dtype=np.float64), np.ones(9)) == 1).all()


def test_a_direction_needs_more_than_one_person_and_not_one_s_own_answers() -> None:
    shown = np.ones(20)
    assert (learned_directions(shown) == 1).all()
    assert (learned_directions(-shown) == -1).all()
    alone = np.zeros(20)
    alone[0] = 5.0
    assert learned_directions(alone)[0] == 0
    assert (learned_directions(np.tile([1.0, -1.0], 10)) == 0).all()


@given(st.lists(st.floats(0, 1), min_size=1, max_size=40), st.floats(0.001, 0.5))
def test_adjusted_values_reject_as_the_step_up_procedure_does(
    p_values: list[float], share: float
) -> None:
    values = np.array(p_values)
    ascending = np.sort(values)
    kept = np.flatnonzero(ascending * len(values) / np.arange(1, len(values) + 1) <= share)
    rejected = values <= ascending[kept[-1]] if len(kept) else np.zeros(len(values), dtype=bool)
    assert ((adjusted_p_values(values) <= share) == rejected).all()
