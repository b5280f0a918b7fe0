"""How often the majority of a few people is right, as control tasks tell it."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregation.quality.majority import (
    SHARES,
    MajorityShares,
    evidence_on_share,
    majorities,
    majority_shares,
)


@given(st.lists(st.sampled_from("abc"), min_size=4, max_size=8), st.integers(1, 4))
def test_the_shares_are_those_of_all_groups(labels: list[str], others: int) -> None:
    groups = list(combinations(labels, others))
    leading = [max("abc", key=group.count) for group in groups]
    clear = [label for label, g in zip(leading, groups, strict=True) if g.count(label) * 2 > others]
    found = majority_shares([(label, label == "a") for label in labels], others)
    assert found.clear == pytest.approx(len(clear) / len(groups))
    assert found.right == pytest.approx(clear.count("a") / len(groups))


def test_half_is_no_majority() -> None:
    assert majority_shares([("a", True), ("b", False)], 2) == MajorityShares(0.0, 0.0)
    assert majorities(4, 4).tolist() == [0, 0, 0, 1, 1]


@pytest.mark.parametrize("share", [0.7, 0.9, 0.98])
def test_the_true_share_is_hardly_ever_refuted_at_any_look(share: float) -> None:
    rng, refuted, risk, seeds = np.random.default_rng(3), 0, 0.05, 300
    at = int(np.argmax(share <= SHARES))
    for _ in range(seeds):
        clear = rng.random(200) < 0.8
        right = clear & (rng.random(200) < share)
        evidence = evidence_on_share(clear.astype(np.float64), right.astype(np.float64))
        refuted += bool((evidence[:, at] >= -np.log(risk)).any())
    assert refuted / seeds < risk + 3 * np.sqrt(risk * (1 - risk) / seeds)


def test_many_right_majorities_refute_that_few_are_right() -> None:
    right = np.ones(100)
    right[::25] = 0
    evidence = evidence_on_share(np.ones(100), right)
    assert evidence.shape == (101, len(SHARES))
    assert (evidence[0] == 0).all()
    assert evidence[-1][SHARES < 0.8].min() > np.log(1000)
    assert (np.diff(evidence[-1]) <= 1e-9).all()
