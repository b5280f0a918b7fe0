"""An annotator's skill is recovered from people's answers, with intervals that hold."""

import numpy as np
import pytest

from aggregation.annotator.skill import AnnotatorSkill, fit_skill
from labeling.mathtypes import Floats, Indices
from tests.support.annotated_world import GOOD, LABELS, WORTHLESS, World, world

NOBODY = np.zeros(0, dtype=np.intp)


def fitted(known: World, said: Indices) -> AnnotatorSkill:
    return fit_skill(known.truth, said, known.believed)


def test_of_no_text_it_is_as_often_right_as_wrong() -> None:
    skill = fit_skill(NOBODY, NOBODY, np.zeros((0, LABELS)))
    assert skill.accuracies == pytest.approx([0.5] * LABELS)
    assert skill.confusion.sum(axis=1) == pytest.approx([1] * LABELS)
    assert 0 < skill.weight < 1
    assert skill.model_weight == pytest.approx(1, abs=0.1)


@pytest.mark.parametrize("confusion", [GOOD, WORTHLESS], ids=["good", "worthless"])
def test_of_many_texts_its_confusion_is_recovered(confusion: Floats) -> None:
    known = world(3000)
    assert fitted(known, known.said(confusion)).confusion == pytest.approx(confusion, abs=0.05)


def test_intervals_hold_the_skill_as_often_as_they_say() -> None:
    held = []
    for seed in range(150):
        known = world(60, seed)
        ends = fitted(known, known.said(GOOD, seed)).intervals(0.9)
        held += [(low <= p <= high) for p, (low, high) in zip(np.diag(GOOD), ends, strict=True)]
    assert np.mean(held) == pytest.approx(0.9, abs=0.05)


def test_a_label_of_few_texts_is_taken_to_be_like_the_others() -> None:
    truth = np.array([0] * 40 + [1], dtype=np.intp)
    skill = fit_skill(truth, truth, np.full((41, 3), 1 / 3))
    assert 0.9 < skill.accuracies[2] < skill.accuracies[1] < skill.accuracies[0]
    low, high = skill.intervals()[2]
    assert high - low > 2 * (skill.intervals()[0][1] - skill.intervals()[0][0])


class TestWeight:
    def test_of_independent_errors_is_about_1(self) -> None:
        known = world(1500)
        assert fitted(known, known.said(GOOD)).weight == pytest.approx(1, abs=0.15)

    def test_of_an_echo_of_the_model_is_about_0(self) -> None:
        known = world(1500)
        skill = fitted(known, known.echo)
        assert skill.accuracies.mean() > 0.6, "it is right as often as the model"
        assert skill.weight < 0.15

    def test_of_the_model_is_above_1_where_it_is_not_sure_enough(self) -> None:
        known = world(1500)
        timid = known.believed**0.6
        timid /= timid.sum(axis=1, keepdims=True)
        skill = fit_skill(known.truth, known.said(GOOD), timid)
        assert skill.model_weight == pytest.approx(1 / 0.6, abs=0.25)
        assert fitted(known, known.said(GOOD)).model_weight == pytest.approx(1, abs=0.2)
