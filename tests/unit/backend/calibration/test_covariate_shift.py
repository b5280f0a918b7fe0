"""Confidence comes true for what nobody answered yet, though people saw the doubtful items."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import expit, logit

from backend.calibration.covariate_shift import HEAVIEST, ShiftCorrection, fit, importance
from backend.calibration.noisy_labels import NoisyLabels
from labeling.mathtypes import Bools, Floats
from labeling.metrics import expected_calibration_error


def binary(confidence: Floats, right: Bools) -> NoisyLabels:
    """Answers to items of two labels, of which the model finds the first more probable."""
    logs = np.log(np.column_stack([confidence, 1 - confidence]))
    return NoisyLabels(logs, (~right).astype(np.intp), np.ones(len(right)))


def doubtful_first(seed: int) -> tuple[NoisyLabels, Floats, Bools]:
    """A model that is honest where it doubts, and overconfident where it feels safe.

    Half of the doubtful items and one in ten of the others were answered; gives the answers, and
    the confidence of the open items with whether it came true.
    """
    random = np.random.default_rng(seed)
    confidence = random.uniform(0.5, 0.995, 6000)
    is_safe = confidence > 0.85
    truth = np.where(is_safe, confidence - 0.12, confidence)
    right = random.random(len(truth)) < truth
    is_answered = random.random(len(truth)) < np.where(is_safe, 0.05, 0.5)
    answers = binary(confidence[is_answered], right[is_answered])
    return answers, confidence[~is_answered], right[~is_answered]


def as_rows(confidence: Floats) -> Floats:
    return np.column_stack([confidence, 1 - confidence])


def error(shift: ShiftCorrection | None, confidence: Floats, right: Bools) -> float:
    """Calibration error of items after a last step, or without one."""
    recalibrated = shift(as_rows(confidence)).max(axis=1) if shift else confidence
    return expected_calibration_error(recalibrated, right)


def test_open_items_come_true_better_than_without() -> None:
    without, blind, matched = [], [], []
    for seed in range(10):
        answers, open_confidence, right = doubtful_first(seed)
        without.append(error(None, open_confidence, right))
        blind.append(error(fit(answers, answers.confidence), open_confidence, right))
        matched.append(error(fit(answers, open_confidence), open_confidence, right))
    assert np.mean(matched) < np.mean(without) - 0.02
    assert np.mean(matched) < np.mean(blind) - 0.01


def test_what_was_calibrated_is_mostly_left_alone() -> None:
    taken = 0
    for seed in range(20):
        random = np.random.default_rng(seed)
        confidence = random.uniform(0.5, 0.99, 300)
        answers = binary(confidence, random.random(300) < confidence)
        taken += fit(answers, random.uniform(0.5, 0.99, 1000)) is not None
    assert taken <= 5


def test_few_that_count_decide_nothing() -> None:
    """Thirty answers, of which three resemble the open items, say little about these."""
    random = np.random.default_rng(1)
    confidence = np.r_[random.uniform(0.5, 0.6, 27), np.full(3, 0.97)]
    right = np.r_[random.random(27) < 0.55, [False] * 3]
    shift = fit(binary(confidence, right), np.full(1000, 0.97))
    assert shift is None or shift(as_rows(np.array([0.97]))).max() > 0.7


def test_weights_make_the_answered_resemble_the_open() -> None:
    random = np.random.default_rng(0)
    answered = random.beta(2, 4, 4000)
    open_ = random.beta(3, 3, 4000)
    weights = importance(answered, open_)
    assert np.average(answered, weights=weights) == pytest.approx(open_.mean(), abs=0.02)


@given(
    st.lists(st.floats(0.34, 1), min_size=1, max_size=50),
    st.lists(st.floats(0.34, 1), min_size=1, max_size=50),
)
def test_no_answer_counts_for_too_much(answered: list[float], open_: list[float]) -> None:
    weights = importance(np.array(answered), np.array(open_))
    assert np.all((weights > 0) & (weights <= HEAVIEST))


@given(st.floats(0.2, 5), st.floats(-3, 3), st.floats(0.5, 0.999))
def test_is_a_line_in_log_odds(slope: float, offset: float, confidence: float) -> None:
    shift = ShiftCorrection(slope, offset, answers=50, open_texts=100, effective=20.0)
    [[moved, _]] = shift(np.array([[confidence, 1 - confidence]]))
    assert moved == pytest.approx(expit(slope * logit(confidence) + offset))


@given(st.floats(0.01, 9), st.floats(-9, 9), st.integers(0, 10**6), st.floats(1, 10**6))
def test_comes_back_from_disk_as_it_was(
    slope: float, offset: float, count: int, effective: float
) -> None:
    shift = ShiftCorrection(slope, offset, count, count, effective)
    assert ShiftCorrection.from_json(json.loads(json.dumps(shift.to_json()))) == shift


@pytest.mark.parametrize(("answers", "open_texts"), [(29, 1000), (1000, 29), (0, 0)])
def test_of_few_nothing_is_fitted(answers: int, open_texts: int) -> None:
    confidence = np.full(answers, 0.8)
    assert fit(binary(confidence, confidence > 0), np.full(open_texts, 0.8)) is None
