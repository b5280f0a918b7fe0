"""The anchoring effect: a difference of two shares, and an interval that covers it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregation.quality.anchoring import anchoring
from labeling.errors import NotEnoughVotes

GROUPS = st.lists(st.booleans(), min_size=1, max_size=60)


def answers(agreeing: int, of: int) -> list[bool]:
    return [True] * agreeing + [False] * (of - agreeing)


def test_newcombe_s_own_examples_come_out() -> None:
    """Table II of the paper, method 10: 56/70 against 48/80, and 9/10 against 3/10."""
    first = anchoring(answers(56, 70), answers(48, 80)).interval
    assert first == pytest.approx((0.0524, 0.3339), abs=5e-5)
    second = anchoring(answers(9, 10), answers(3, 10)).interval
    assert second == pytest.approx((0.1705, 0.8090), abs=5e-5)


def test_it_says_what_it_is_of() -> None:
    found = anchoring(answers(9, 10), answers(12, 20))
    assert (found.shown, found.blind, found.n_shown, found.n_blind) == (0.9, 0.6, 10, 20)
    assert found.effect == pytest.approx(0.3)


@given(GROUPS, GROUPS)
def test_the_interval_holds_the_effect_and_turns_with_the_groups(
    shown: list[bool], blind: list[bool]
) -> None:
    found, turned = anchoring(shown, blind), anchoring(blind, shown)
    assert -1 <= found.interval.low <= found.effect <= found.interval.high <= 1
    assert turned.effect == -found.effect
    mirrored = (-turned.interval.high, -turned.interval.low)
    assert found.interval == pytest.approx(mirrored, abs=1e-12)


@pytest.mark.parametrize(
    ("shown", "blind", "n_shown", "n_blind"),
    [(0.9, 0.8, 100, 30), (0.95, 0.7, 200, 40), (0.75, 0.75, 60, 60), (0.98, 0.9, 400, 60)],
)
def test_it_covers_the_true_effect_in_about_95_of_100_studies(
    shown: float, blind: float, n_shown: int, n_blind: int
) -> None:
    rng = np.random.default_rng(7)
    covered = 0
    for one, other in zip(
        rng.binomial(n_shown, shown, 2000), rng.binomial(n_blind, blind, 2000), strict=True
    ):
        interval = anchoring(answers(one, n_shown), answers(other, n_blind)).interval
        covered += interval.low <= shown - blind <= interval.high
    assert covered / 2000 == pytest.approx(0.95, abs=0.02)


@pytest.mark.parametrize(("shown", "blind"), [([], [True]), ([True], [])])
def test_without_answers_on_both_sides_there_is_no_effect(
    shown: list[bool], blind: list[bool]
) -> None:
    with pytest.raises(NotEnoughVotes):
        anchoring(shown, blind)
