"""The sequential test of known answers alone: honest people are safe at every look."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from aggregation.quality.skill_test import (
    Comparison,
    evidence_against,
    first_alarm,
    log_evidence,
    log_payoffs,
)

GOOD, RISK = 0.75, 0.01


@pytest.mark.parametrize("skill", [0.75, 0.8, 0.9])
def test_honest_people_are_hardly_ever_accused_however_long_they_work(skill: float) -> None:
    right = np.random.default_rng(1).random((1000, 1000)) < skill
    highest = log_evidence(right, np.ones(right.shape), GOOD).max(axis=1)
    accused = int((highest >= -np.log(RISK)).sum())
    assert binom.sf(accused - 1, len(right), RISK) > 0.01


@given(
    skill=st.floats(0.75, 1.0),
    reference=st.floats(0.01, 1.0),
)
def test_no_bet_can_be_expected_to_win_against_an_honest_person(
    skill: float, reference: float
) -> None:
    agrees = skill * reference
    won = np.exp(log_payoffs(np.array(True), np.array(reference), GOOD))
    lost = np.exp(log_payoffs(np.array(False), np.array(reference), GOOD))
    assert (agrees * won + (1 - agrees) * lost <= 1 + 1e-9).all()


def test_somebody_at_chance_is_found_soon() -> None:
    right = np.random.default_rng(2).random((400, 200)) < 0.5
    evidence = log_evidence(right, np.ones(right.shape), GOOD)
    alarms = (evidence >= -np.log(RISK)).argmax(axis=1) + 1
    assert (evidence.max(axis=1) >= -np.log(RISK)).mean() > 0.99
    assert np.median(alarms) < 40


@pytest.mark.parametrize(("skill", "controls"), [(0.5, 15), (0.6, 30)])
def test_no_test_of_known_answers_alone_finds_half_of_the_bad_so_soon(
    skill: float, controls: int
) -> None:
    # Neyman and Pearson: of so many right or wrong answers, the most powerful test at that risk
    # accuses below a number of right ones, and at it by lot.
    right = np.arange(controls + 1)
    least = int(np.argmax(binom.cdf(right, controls, GOOD) > RISK))
    below = binom.cdf(least - 1, controls, GOOD)
    lot = (RISK - below) / binom.pmf(least, controls, GOOD)
    power = binom.cdf(least - 1, controls, skill) + lot * binom.pmf(least, controls, skill)
    assert power < 0.45


def test_evidence_is_the_same_whatever_comes_later() -> None:
    comparisons = [Comparison(is_right=number % 3 == 0) for number in range(30)]
    whole = evidence_against(comparisons, GOOD)
    assert evidence_against(comparisons[:10], GOOD) == pytest.approx(whole[:10])
    assert evidence_against([], GOOD).shape == (0,)


def test_an_alarm_names_the_comparison_that_sufficed() -> None:
    wrong = [Comparison(is_right=False)] * 20
    alarm = first_alarm(wrong, GOOD, RISK)
    assert alarm is not None
    evidence = evidence_against(wrong, GOOD)
    assert evidence[alarm - 2] < -np.log(RISK) <= evidence[alarm - 1]
    assert first_alarm([Comparison(is_right=True)] * 20, GOOD, RISK) is None


def test_a_doubtful_known_answer_speaks_less_against_a_person() -> None:
    sure, doubtful = (evidence_against([Comparison(False, of)], GOOD)[0] for of in (1.0, 0.8))
    assert 0 < doubtful < sure
