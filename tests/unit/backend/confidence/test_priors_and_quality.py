"""Priors take out what the model says whatever the text; quality tells whether that helped."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray
from scipy.special import softmax
from sklearn.metrics import roc_auc_score  # type: ignore[import-untyped]

from backend.confidence.priors import log_prior, without_prior
from backend.confidence.quality import auroc, expected_calibration_error

loglikelihoods = arrays(
    np.float64, st.tuples(st.integers(1, 20), st.just(4)), elements=st.floats(-60, 0)
)


@given(loglikelihoods)
def test_a_prior_is_a_distribution(scores: NDArray[np.float64]) -> None:
    assert np.exp(log_prior(scores)).sum() == pytest.approx(1)


@given(loglikelihoods)
def test_a_corrected_answer_is_a_distribution(scores: NDArray[np.float64]) -> None:
    assert np.exp(without_prior(scores, log_prior(scores))).sum(axis=1) == pytest.approx(1)


def test_what_the_model_says_of_every_text_is_taken_out() -> None:
    preference = np.array([3.0, 0.0, -2.0])
    signal = np.array([[1.0, 0, 0], [0, 1.0, 0], [0, 0, 1.0]])
    corrected = without_prior(signal + preference, np.log(softmax(preference)))
    assert corrected.argmax(axis=1).tolist() == [0, 1, 2]
    assert np.exp(corrected) == pytest.approx(softmax(signal, axis=1))


def test_an_even_prior_changes_nothing() -> None:
    scores = np.log([[0.2, 0.8]])
    assert without_prior(scores, np.log([0.5, 0.5])) == pytest.approx(scores)


class TestExpectedCalibrationError:
    def test_is_zero_where_confidence_comes_true(self) -> None:
        confidence = np.repeat([0.25, 0.75], 4)
        right = np.array([1, 0, 0, 0, 1, 1, 1, 0], dtype=bool)
        assert expected_calibration_error(confidence, right) == pytest.approx(0)

    def test_is_the_gap_between_stated_and_observed(self) -> None:
        confidence, right = np.full(10, 0.95), np.arange(10) < 6
        assert expected_calibration_error(confidence, right) == pytest.approx(0.35)

    def test_counts_certainty_in_the_last_bin(self) -> None:
        assert expected_calibration_error(np.ones(3), np.ones(3, dtype=bool)) == 0


class TestAuroc:
    @given(st.lists(st.tuples(st.integers(0, 5), st.booleans()), min_size=2))
    def test_is_scikit_learn_s(self, pairs: list[tuple[int, bool]]) -> None:
        confidence = np.array([score / 5 for score, _ in pairs])
        right = np.array([is_right for _, is_right in pairs])
        if right.all() or not right.any():
            assert np.isnan(auroc(confidence, right))
        else:
            assert auroc(confidence, right) == pytest.approx(roc_auc_score(right, confidence))
