"""Batches are sized, and waits estimated, by how fast the model was a moment ago."""

import pytest

from backend.runtime.throughput import LEAST_BUDGET, MOST_BUDGET, RollingRate, Throughput


def test_before_anything_was_measured_there_are_fixed_values() -> None:
    throughput = Throughput()
    assert (throughput.tokens_per_second, throughput.budget, throughput.seconds_for(10**9)) == (
        None,
        LEAST_BUDGET,
        2,
    )


def test_a_batch_is_half_a_second_of_work() -> None:
    throughput = Throughput()
    throughput.record(tokens=20_000, seconds=2.0)
    assert throughput.budget == 5000


@pytest.mark.parametrize(("tokens", "budget"), [(1, LEAST_BUDGET), (10**9, MOST_BUDGET)])
def test_a_batch_is_neither_tiny_nor_endless(tokens: int, budget: int) -> None:
    throughput = Throughput()
    throughput.record(tokens, seconds=1.0)
    assert throughput.budget == budget


def test_the_throughput_follows_the_last_batches() -> None:
    throughput = Throughput()
    throughput.record(tokens=100, seconds=1.0)
    for _ in range(30):
        throughput.record(tokens=10_000, seconds=1.0)
    assert throughput.tokens_per_second == pytest.approx(10_000, rel=0.01)


def test_small_batches_hardly_move_it() -> None:
    throughput = Throughput()
    throughput.record(tokens=100_000, seconds=1.0)
    throughput.record(tokens=30, seconds=0.02)
    assert throughput.budget > 45_000


@pytest.mark.parametrize(("tokens", "seconds"), [(1, 1), (2500, 3), (10**9, 60)])
def test_a_wait_is_told_in_whole_seconds_from_1_to_60(tokens: int, seconds: int) -> None:
    throughput = Throughput()
    throughput.record(tokens=1000, seconds=1.0)
    assert throughput.seconds_for(tokens) == seconds


def test_a_rate_is_that_of_the_last_minute() -> None:
    now = [0.0]
    rate = RollingRate(lambda: now[0])
    assert rate.per_second == 0
    now[0] = 10
    rate.record(20)
    assert rate.per_second == 2
    now[0] = 65
    rate.record(40)
    assert rate.per_second == 1
    now[0] = 200
    assert rate.per_second == 0
