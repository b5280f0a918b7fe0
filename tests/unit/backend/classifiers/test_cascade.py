"""A cascade loses no more accuracy than was stated, but for the stated risk."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom, multinomial

from backend.classifiers.cascade import HeldOutAnswers, choose_rule, p_value
from labeling.mathtypes import Floats

LOSS, RISK = 0.02, 0.1


def world(random: np.random.Generator, texts: int) -> HeldOutAnswers:
    """Draw texts of which the student knows how sure it is; the teacher is right in .9 of all."""
    confidence = random.uniform(0.4, 1.0, texts)
    return HeldOutAnswers(confidence, random.random(texts) < confidence, random.random(texts) < 0.9)


def true_loss(threshold: float | None) -> float:
    """Return the accuracy that a threshold loses in that world."""
    if threshold is None:
        return 0.0
    low = max(threshold, 0.4)
    return float((1 - low) / 0.6 * (0.9 - (1 + low) / 2))


def test_keeps_the_stated_loss_in_all_but_few_worlds() -> None:
    rules = [choose_rule(world(np.random.default_rng(s), 600), LOSS, RISK) for s in range(50)]
    violations = sum(true_loss(rule.threshold) > LOSS for rule in rules)
    assert violations <= binom.ppf(0.999, len(rules), RISK)
    assert np.mean([rule.share for rule in rules]) > 0.25  # of .47 that an oracle leaves to it


def test_a_rule_that_trusts_what_it_sees_breaks_its_word() -> None:
    """Show that the world above is a hard one: without a bound, far too many thresholds lose."""
    broken = 0
    for seed in range(50):
        drawn = world(np.random.default_rng(seed), 600)
        lost = drawn.teacher_is_right.astype(float) - drawn.student_is_right
        order = np.argsort(-drawn.confidence)
        kept = np.flatnonzero(np.cumsum(lost[order]) / len(drawn) <= LOSS)
        broken += true_loss(float(drawn.confidence[order][kept[-1]])) > LOSS
    assert broken > binom.ppf(0.999, 50, RISK)


def test_a_student_that_is_always_right_answers_everything() -> None:
    confidence = np.arange(300, 1_300) / 1_300
    right = np.ones(1_000, dtype=np.bool_)
    rule = choose_rule(HeldOutAnswers(confidence, right, right), 0.01)
    assert rule.share == 1
    assert rule.is_sure(np.array([[0.31, 0.3, 0.39]])).all()


def test_too_few_answers_promise_nothing() -> None:
    confidence = np.arange(800, 1_000) / 1_000
    right = np.ones(200, dtype=np.bool_)
    rule = choose_rule(HeldOutAnswers(confidence, right, right), 0.01)
    assert rule.threshold is None
    assert not rule.is_sure(np.array([[1.0, 0.0]])).any()


def test_no_answers_promise_nothing() -> None:
    none = np.empty(0, dtype=np.bool_)
    assert choose_rule(HeldOutAnswers(np.empty(0), none, none), 0.01).threshold is None


def test_answers_that_may_be_wrong_are_asked_for_more() -> None:
    drawn = world(np.random.default_rng(0), 2_000)
    sure, doubtful = (choose_rule(drawn, LOSS, RISK, informative=told) for told in (1.0, 0.6))
    assert sure.threshold is not None
    assert doubtful.threshold is None or doubtful.threshold > sure.threshold


@given(lost=st.integers(0, 6), won=st.integers(0, 6), loss=st.floats(0.05, 0.5))
def test_the_probability_is_that_of_the_difference(lost: int, won: int, loss: float) -> None:
    """Compare with the plain sum over all outcomes, at the rate that makes it largest."""
    texts, spent = 12, 0.01
    if lost + won > texts:
        return
    found = p_value(lost, won, texts, loss, spent)
    highest = max(_tail(lost - won, texts, rate, loss) for rate in np.linspace(loss, 1, 40))
    assert found <= min(1.0, highest + spent) + 1e-3
    if lost + won == texts:  # any rate is plausible then
        assert found == pytest.approx(min(1.0, highest + spent), abs=0.02)


def _tail(difference: int, texts: int, rate: float, loss: float) -> float:
    shares: Floats = np.array([(rate + loss) / 2, (rate - loss) / 2, 1 - rate])
    outcomes = [
        [lost, won, texts - lost - won]
        for lost in range(texts + 1)
        for won in range(texts + 1 - lost)
        if lost - won <= difference
    ]
    return float(multinomial.pmf(outcomes, texts, np.maximum(shares, 0)).sum())
