"""One loss for every type of answer: it rewards to be right, and to know when."""

from collections.abc import Mapping

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.calibration.noisy_labels import NoisyLabels
from backend.learning.samples import AnsweredItem
from backend.questions.item import item_of
from backend.versions.judging import Judgement, judge, mean_of
from labeling.form.equivalence import Equivalence
from labeling.form.form import Form
from labeling.protocol.learn import HeldOutPart, HeldOutResult
from tests.support.questions import CONTROLS, form_of

SINGLE = form_of(CONTROLS["single"])
TEXT = form_of(CONTROLS["text"])
LABELS = ("Sport", "Food")
NONSENSE = '["nonsense"]'


def answered(
    form: Form, number: int, answer: str, probability: float = 1.0, **shares: float
) -> AnsweredItem:
    return AnsweredItem(
        item_of(form, f"Text {number}."),
        answer,
        form.answers(answer),
        probability,
        {"c": shares} if shares else {},
    )


def belief(
    answer: str, confidence: float, distribution: Mapping[str, float] | None = None
) -> HeldOutResult:
    part = HeldOutPart(confidence=confidence, distribution=dict(distribution or {}))
    return HeldOutResult(answer=answer, confidence=confidence, calibrated=True, parts={"c": part})


def choice(p: float) -> HeldOutResult:
    """What is believed where the first label has this probability."""
    shares = dict(zip(LABELS, (p, 1 - p), strict=True))
    return belief(max(shares, key=lambda label: shares[label]), max(p, 1 - p), shares)


def written(answers: list[str], beliefs: list[HeldOutResult]) -> Judgement:
    items = [answered(TEXT, number, one) for number, one in enumerate(answers)]
    return judge(Equivalence(TEXT), items, beliefs)


@given(
    st.lists(
        st.tuples(st.floats(0.01, 0.99), st.booleans(), st.floats(0.5, 1.0)), min_size=1, max_size=9
    )
)
def test_of_a_single_choice_it_is_the_loss_that_is_fitted(
    rows: list[tuple[float, bool, float]],
) -> None:
    items = [
        answered(SINGLE, number, LABELS[is_second], reliability)
        for number, (_, is_second, reliability) in enumerate(rows)
    ]
    beliefs = [choice(p) for p, _, _ in rows]
    probabilities = np.array([[p, 1 - p] for p, _, _ in rows])
    labels = NoisyLabels(
        np.log(probabilities),
        np.array([int(is_second) for _, is_second, _ in rows]),
        np.array([reliability for _, _, reliability in rows]),
    )
    judged = judge(Equivalence(SINGLE), items, beliefs)
    assert judged.loss == pytest.approx(labels.log_loss(probabilities))
    assert judged.agrees == pytest.approx(labels.agrees)


def test_of_opinions_it_is_the_mean_over_people() -> None:
    item = answered(SINGLE, 0, "Sport", 0.6, Sport=0.75, Food=0.25)
    judged = judge(Equivalence(SINGLE), [item], [choice(0.7)])
    assert judged.loss == pytest.approx([-0.75 * np.log(0.7) - 0.25 * np.log(0.3)])
    assert judged.agrees == pytest.approx([0.75])


def test_what_was_left_out_of_a_distribution_is_not_impossible() -> None:
    judged = judge(
        Equivalence(SINGLE), [answered(SINGLE, 0, "Food")], [belief("Sport", 1.0, {"Sport": 1.0})]
    )
    assert judged.loss == pytest.approx([-np.log(1e-6)])


def test_of_written_answers_whoever_is_right_beats_whoever_knows_that_they_are_wrong() -> None:
    answers = [f'["answer {number}"]' for number in range(50)]
    right = written(answers, [belief(one, 0.7) for one in answers])
    wrong = written(answers, [belief(NONSENSE, 0.01) for _ in answers])
    assert right.loss.mean() < wrong.loss.mean()
    assert right.agrees.mean() == 1
    assert wrong.agrees.mean() == 0


def test_of_written_answers_whoever_knows_when_they_are_right_is_better() -> None:
    answers = [f'["answer {number}"]' for number in range(50)]
    said = [one if number % 2 else NONSENSE for number, one in enumerate(answers)]
    knows = [belief(one, 0.9 if number % 2 else 0.1) for number, one in enumerate(said)]
    guesses = [belief(one, 0.5) for one in said]
    assert written(answers, knows).loss.mean() < written(answers, guesses).loss.mean()


@pytest.mark.parametrize("kind", ["several", "rating", "labels", "text", "number"])
def test_it_is_finite_for_every_type_of_answer(kind: str) -> None:
    form = form_of(CONTROLS[kind])
    answer = {
        "several": '["Sport"]',
        "rating": "3",
        "labels": "[]",
        "text": '["x"]',
        "number": "7",
    }[kind]
    items = [answered(form, 0, answer), answered(form, 1, answer, 0.0)]
    for confidence in (0.0, 1.0):
        distribution = {"3": 1.0} if kind == "rating" else {}
        judged = judge(Equivalence(form), items, [belief(answer, confidence, distribution)] * 2)
        assert np.isfinite(judged.loss).all()
        assert judged.agrees.tolist() == [1, 1]


def test_the_interval_of_a_mean_holds_it_as_often_as_it_says() -> None:
    random = np.random.default_rng(0)
    missed = 0
    for _ in range(2_000):
        estimate = mean_of(random.normal(size=12))
        assert estimate.low is not None
        assert estimate.high is not None
        missed += not estimate.low <= 0 <= estimate.high
    assert missed / 2_000 == pytest.approx(0.05, abs=0.015)


def test_of_one_value_there_is_no_interval() -> None:
    estimate = mean_of(np.array([0.3]))
    assert (estimate.value, estimate.low, estimate.high) == (0.3, None, None)
