"""Chances: anyone can draw them again, and they look random."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import kstest

from routing.guarantee.hash_random import hash_uniform, waiting_time


@pytest.mark.parametrize(
    ("seed", "purpose", "task", "first_bytes"),
    # printf '0:pilot:1' | sha256sum, and so on.
    [(0, "pilot", 1, "f9bced3dabad5802"), (7, "audit abc", 12, "0b6283e261548395")],
)
def test_a_chance_is_what_sha_256_says(
    seed: int, purpose: str, task: int, first_bytes: str
) -> None:
    assert hash_uniform(seed, purpose, task) == (int(first_bytes, 16) + 0.5) / 2**64


@given(st.integers(), st.text(st.characters(codec="utf-8")), st.integers())
def test_a_chance_repeats_and_is_never_zero(seed: int, purpose: str, task: int) -> None:
    assert 0 < hash_uniform(seed, purpose, task) == hash_uniform(seed, purpose, task) <= 1


@pytest.mark.parametrize("seed", range(3))
def test_chances_are_uniform(seed: int) -> None:
    assert (
        kstest([hash_uniform(seed, "test", task) for task in range(5000)], "uniform").pvalue > 0.001
    )


def test_each_purpose_and_seed_has_chances_of_its_own() -> None:
    drawn = [
        [hash_uniform(seed, purpose, task) for task in range(2000)]
        for seed, purpose in ((0, "a"), (0, "b"), (1, "a"))
    ]
    apart = np.abs(np.corrcoef(drawn))[np.triu_indices(3, 1)]
    assert apart.max() < 0.1


@pytest.mark.parametrize("weight", [0.1, 1.0, 3.0])
def test_waiting_times_are_exponential_with_the_weight_as_rate(weight: float) -> None:
    drawn = [waiting_time(0, "test", task, weight) for task in range(5000)]
    assert kstest(drawn, "expon", (0, 1 / weight)).pvalue > 0.001
