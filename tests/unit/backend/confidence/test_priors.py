"""Priors take out what the model says whatever the text."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray
from scipy.special import softmax

from backend.confidence.priors import log_prior, without_prior

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
