"""A label of the annotator moves a belief by Bayes' rule, and leaves it calibrated."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregation.annotator.fusion import fused, weighed
from aggregation.annotator.skill import AnnotatorSkill, fit_skill, perfect
from labeling.metrics import expected_calibration_error
from tests.support.annotated_world import GOOD, LABELS, world

TEXTS = np.ones(LABELS)


def skill(weight: float = 1.0, model_weight: float = 1.0) -> AnnotatorSkill:
    return AnnotatorSkill(100 * GOOD, TEXTS, TEXTS, model_weight, weight, weight)


def test_with_both_weights_1_it_is_bayes_rule() -> None:
    prior = np.array([[0.5, 0.3, 0.2]])
    masses = prior[0] * GOOD[:, 1]
    expected = masses / masses.sum()
    assert fused(prior, np.array([1]), skill())[0] == pytest.approx(expected)


def test_without_weight_it_says_nothing() -> None:
    prior = np.array([[0.5, 0.3, 0.2]])
    assert fused(prior, np.array([1]), skill(weight=0.0)) == pytest.approx(prior)


def test_what_a_perfect_one_says_is_so_unless_it_is_impossible() -> None:
    prior = np.array([[0.5, 0.5, 0.0]])
    assert fused(prior, np.array([1]), perfect(3)) == pytest.approx(np.array([[0.0, 1.0, 0.0]]))
    assert fused(prior, np.array([2]), perfect(3)) == pytest.approx(prior)


@given(
    st.integers(0, 1000),
    st.floats(0, 1.5),
    st.floats(0.5, 2),
)
def test_probabilities_sum_to_1(seed: int, weight: float, model_weight: float) -> None:
    known, judge = world(20, seed), skill(weight, model_weight)
    for after in (fused(known.believed, known.said(GOOD), judge), weighed(known.believed, judge)):
        assert after.sum(axis=1) == pytest.approx(np.ones(20))
        assert (after >= 0).all()


@pytest.mark.parametrize("kind", ["independent", "an echo", "of a timid model"])
def test_beliefs_stay_calibrated(kind: str) -> None:
    """Whether its errors are the model's own or not, by a skill learned from 150 texts."""
    errors = []
    for seed in range(8):
        known, rest = world(150, seed), world(3000, 100 + seed)
        if kind == "an echo":
            said, others = known.echo, rest.echo
        else:
            said, others = known.said(GOOD, seed), rest.said(GOOD, seed)
        temper = 0.6 if kind == "of a timid model" else 1.0
        before, after = (
            powered / powered.sum(axis=1, keepdims=True)
            for powered in (known.believed**temper, rest.believed**temper)
        )
        learned = fit_skill(known.truth, said, before)
        believed = fused(after, others, learned)
        right = believed.argmax(axis=1) == rest.truth
        errors.append(expected_calibration_error(believed.max(axis=1), right))
    assert np.mean(errors) < 0.04
