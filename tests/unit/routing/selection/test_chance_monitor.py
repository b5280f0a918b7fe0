"""The chance monitor: how often it errs, over many seeds and looks, and what it finds."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labeling.mathtypes import Floats
from routing.selection.chance_monitor import JudgedRound, gain_over_chance


def judged(gains: Floats, open_share: float = 1.0) -> JudgedRound:
    """Return a round of draws with these gains, in [-1, 1]."""
    return JudgedRound(np.maximum(-gains, 0), np.maximum(gains, 0), open_share)


def rounds_of(
    population: Floats, rng: np.random.Generator, rounds: int, draws: int
) -> list[JudgedRound]:
    """Draw rounds from a finite population of gains, each without replacement."""
    return [judged(rng.choice(population, draws, replace=False)) for _ in range(rounds)]


def coin_flips(mean: float, size: int = 400) -> Floats:
    """Return gains of -1, 0 and 1 whose mean is `mean`, a rough sort of population."""
    up = round(size * (0.15 + mean / 2))
    down = round(size * (0.15 - mean / 2))
    return np.repeat([1.0, -1.0, 0.0], [up, down, size - up - down])


def skewed(size: int = 400) -> Floats:
    """Return many small losses and few great gains that make up for them."""
    return np.repeat([-0.05, 0.95], [size * 19 // 20, size // 20])


@pytest.mark.parametrize("population", [coin_flips(0.0), skewed(), np.zeros(400)])
def test_a_strategy_that_never_hurts_is_found_worse_once_in_twenty_at_most(
    population: Floats,
) -> None:
    found = 0
    for seed in range(200):
        # What was found at any look is found at the last one: see the test on that.
        rounds = rounds_of(population, np.random.default_rng(seed), rounds=12, draws=25)
        found += gain_over_chance(rounds).is_worse
    assert found <= 200 * 0.05


def test_the_interval_misses_the_gain_at_any_look_once_in_twenty_at_most() -> None:
    population, missed = coin_flips(0.1), 0
    for seed in range(200):
        rounds = rounds_of(population, np.random.default_rng(seed), rounds=8, draws=25)
        last = gain_over_chance(rounds)
        missed += not last.low <= population.mean() <= last.high
    assert missed <= 200 * 0.05


def test_a_strategy_that_hurts_is_found_worse() -> None:
    found = [
        gain_over_chance(rounds_of(coin_flips(-0.15), np.random.default_rng(seed), 8, 25)).is_worse
        for seed in range(50)
    ]
    assert np.mean(found) > 0.8


def test_the_interval_narrows_around_the_gain() -> None:
    rng = np.random.default_rng(0)
    few, many = (gain_over_chance(rounds_of(coin_flips(0.1), rng, n, 25)) for n in (2, 40))
    assert few.low < many.low < 0.1 < many.high < few.high
    assert many.low > 0
    assert many.estimate == pytest.approx(0.1, abs=0.05)


def test_once_found_worse_it_stays_so() -> None:
    bad, good = judged(np.full(40, -0.4)), judged(np.full(400, 0.4))
    assert gain_over_chance([bad]).is_worse
    assert gain_over_chance([bad, good]).is_worse


def test_an_interval_lies_within_those_of_all_looks_before() -> None:
    rounds = rounds_of(coin_flips(0.1), np.random.default_rng(0), rounds=6, draws=25)
    looks = [gain_over_chance(rounds[: number + 1]) for number in range(6)]
    assert [one.low for one in looks] == sorted(one.low for one in looks)
    assert [-one.high for one in looks] == sorted(-one.high for one in looks)


def test_without_any_draw_nothing_is_known() -> None:
    for rounds in ([], [judged(np.empty(0))]):
        gain = gain_over_chance(rounds)
        assert (gain.estimate, gain.low, gain.high, gain.draws) == (0.0, -1.0, 1.0, 0)
        assert not gain.is_worse


def test_what_is_answered_already_gains_nothing() -> None:
    half = gain_over_chance([judged(np.full(30, 0.4), open_share=0.5)])
    assert half.estimate == pytest.approx(0.2)


@given(st.lists(st.floats(-1, 1), min_size=1, max_size=60), st.integers(1, 6))
@settings(deadline=None, max_examples=60)
def test_the_estimate_lies_in_the_interval_and_turning_sides_round_turns_it_round(
    gains: list[float], rounds: int
) -> None:
    parts = [np.array(part) for part in np.array_split(gains, rounds)]
    there, back = (gain_over_chance([judged(sign * one) for one in parts]) for sign in (1, -1))
    assert -1 <= there.low <= there.high <= 1
    assert back.estimate == pytest.approx(-there.estimate)
    assert (back.low, back.high) == pytest.approx((-there.high, -there.low))


@pytest.mark.parametrize(
    ("by_strategy", "by_chance", "open_share"),
    [([1.2], [0.0], 1.0), ([0.1], [-0.1], 1.0), ([0.1, 0.2], [0.1], 1.0), ([0.1], [0.1], 1.5)],
)
def test_losses_out_of_bounds_are_refused(
    by_strategy: list[float], by_chance: list[float], open_share: float
) -> None:
    with pytest.raises(ValueError, match="losses"):
        JudgedRound(np.array(by_strategy), np.array(by_chance), open_share)
