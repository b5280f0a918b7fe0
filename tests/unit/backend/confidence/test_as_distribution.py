"""A stated confidence is a distribution whose top label keeps its place, and all others theirs."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray
from scipy.special import entr, softmax

from backend.confidence.as_distribution import as_distribution, label_as_distribution
from backend.confidence.methods import METHODS
from backend.prompts import PromptBuilder
from labeling.controls import Candidate
from labeling.settings.model_sections import ConfidenceSettings

loglikelihoods = arrays(
    np.float64, st.tuples(st.just(1), st.integers(2, 6)), elements=st.floats(-30, 0, width=32)
)
probability = st.floats(0, 1)


def transform(name: str, given: NDArray[np.float64]) -> NDArray[np.float64]:
    labels = [Candidate(str(n), str(n)) for n in range(given.shape[1])]
    probabilities: NDArray[np.float64] = np.exp(
        METHODS[name](PromptBuilder(labels), ConfidenceSettings()).transform(given)[0]
    )
    return probabilities


@pytest.mark.parametrize("name", ["entropy", "margin"])
@given(loglikelihoods)
def test_entropy_and_margin_never_change_the_ranking(name: str, given: NDArray[np.float64]) -> None:
    before, after = softmax(given[0]), transform(name, given)
    assert after.sum() == pytest.approx(1)
    assert after.argmax() == before.argmax()
    is_above = before[:, None] > before
    assert np.all((after[:, None] - after)[is_above] >= -1e-9)


@given(loglikelihoods)
def test_the_top_label_gets_what_the_entropy_says(given: NDArray[np.float64]) -> None:
    labels, before = given.shape[1], softmax(given[0])
    signal = 1 - entr(before).sum() / np.log(labels)
    target = 1 / labels + (1 - 1 / labels) * signal
    assert transform("entropy", given).max() == pytest.approx(target, abs=3e-3 / labels)


@given(loglikelihoods)
def test_the_top_label_gets_what_the_margin_says(given: NDArray[np.float64]) -> None:
    labels, before = given.shape[1], np.sort(softmax(given[0]))
    target = 1 / labels + (1 - 1 / labels) * (before[-1] - before[-2])
    assert transform("margin", given).max() == pytest.approx(target, abs=3e-3 / labels)


@given(probability, st.integers(2, 6), st.data())
def test_an_answer_keeps_its_place(confidence: float, labels: int, data: st.DataObject) -> None:
    answer = data.draw(st.integers(0, labels - 1))
    probabilities = np.exp(label_as_distribution(answer, confidence, labels))
    assert probabilities.sum() == pytest.approx(1)
    assert probabilities.argmax() == answer
    if confidence > 1.01 / labels:
        assert probabilities[answer] == pytest.approx(confidence)


@given(probability, probability, st.integers(2, 6))
def test_the_order_of_confidences_is_kept(one: float, other: float, labels: int) -> None:
    low, high = sorted((one, other))
    shares = np.eye(labels)[[0, 0]]
    probabilities = as_distribution(shares, np.array([low, high]))[:, 0]
    assert probabilities[0] <= probabilities[1]
    if high - low > 1e-6:
        assert probabilities[0] < probabilities[1]


@pytest.mark.parametrize("name", ["entropy", "margin"])
def test_a_single_label_is_certain(name: str) -> None:
    assert transform(name, np.array([[-3.0]])) == pytest.approx([1.0])
