"""What a label of the annotator is worth: human labels that it is expected to save."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregation.annotator.skill import AnnotatorSkill, fit_skill, perfect
from labeling.mathtypes import Floats
from routing.annotator.worth import MOST_LABELS, cost, threshold, worth
from tests.support.annotated_world import GOOD, LABELS, WORTHLESS, world


def known(confusion: Floats) -> AnnotatorSkill:
    texts = np.full(LABELS, 1000.0)
    return AnnotatorSkill(1000 * confusion, texts, texts, 1.0, 1.0, 1.0)


def test_the_model_keeps_the_surest_labels_up_to_the_threshold() -> None:
    errors = [0.4, 0.1, 0.2, 0.3]
    assert threshold(errors, 0.35) == 0.3
    assert threshold(errors, 0.25) == 0.2
    assert threshold(errors, 0.05) == 0.1


def test_where_it_keeps_all_there_is_no_threshold() -> None:
    assert threshold([0.1, 0.2], 1.0) == 1.0
    assert threshold([], 0.0) == 1.0


def test_a_text_costs_a_label_or_its_share_of_the_errors() -> None:
    assert cost(np.array([0.05, 0.1, 0.2, 0.9]), np.array(0.2)).tolist() == [0.25, 0.5, 1, 1]


def test_cost_tells_what_one_error_less_brings() -> None:
    """The dual of the knapsack: the labels that are kept grow by what the costs fall."""
    rng = np.random.default_rng(0)
    errors, allowed = rng.random(4000) * 0.5, 60.0

    def kept(of: Floats) -> int:
        return int((np.cumsum(np.sort(of)) <= allowed).sum())

    limit = np.array(threshold(errors, allowed))
    surer = errors.copy()
    surer[:100] *= 0.3
    saved = cost(errors, limit).sum() - cost(surer, limit).sum()
    assert kept(surer) - kept(errors) == pytest.approx(saved, abs=2, rel=0.1)


def test_a_perfect_annotator_saves_all_that_a_text_costs() -> None:
    believed = world(50).believed
    limits = np.full(50, 0.2)
    expected = cost(1 - believed.max(axis=1), limits)
    assert worth(believed, perfect(LABELS), limits) == pytest.approx(expected)


def test_a_worthless_one_saves_nothing() -> None:
    assert worth(world(50).believed, known(WORTHLESS), np.full(50, 0.2)) == pytest.approx(
        np.zeros(50)
    )


def test_a_model_that_is_not_sure_enough_is_no_merit_of_the_annotator() -> None:
    texts = np.full(LABELS, 1000.0)
    skill = AnnotatorSkill(1000 * WORTHLESS, texts, texts, 1.8, 1.0, 1.0)
    assert worth(world(50).believed, skill, np.full(50, 0.2)) == pytest.approx(np.zeros(50))


@given(st.integers(0, 1000), st.floats(0.01, 1))
def test_it_saves_no_more_than_a_text_costs(seed: int, limit: float) -> None:
    believed, limits = world(30, seed).believed, np.full(30, limit)
    saved = worth(believed, known(GOOD), limits)
    assert (saved >= 0).all()
    assert (saved <= cost(1 - believed.max(axis=1), limits) + 1e-9).all()


def test_of_many_labels_the_most_probable_are_looked_into() -> None:
    rng, labels = np.random.default_rng(0), 6 * MOST_LABELS
    believed = rng.dirichlet(np.full(labels, 0.05), 40)
    truth = rng.integers(0, labels, 500)
    saved = worth(
        believed, fit_skill(truth, truth, np.full((500, labels), 1 / labels)), np.full(40, 0.2)
    )
    assert (saved <= cost(1 - believed.max(axis=1), np.array(0.2)) + 1e-9).all()
    assert saved.max() > 0.5
