"""What a smaller model costs is judged with its uncertainty, so that luck is not enough."""

import numpy as np
import pytest

from backend.compression.answers import AnsweredTexts
from backend.compression.report import accuracy_loss, compare, measure
from backend.engines import Engine, Prompt, Request, Scored
from labeling.errors import EngineError
from labeling.mathtypes import Floats, Indices
from tests.support.even_engine import EvenEngine

COUNT = 200
VALUES = ("a", "b")


class ToldEngine(EvenEngine):
    """Says of the text `n` what row n of a table says."""

    def __init__(self, table: Floats) -> None:
        self.table = table

    def loglikelihood(self, requests: list[Request]) -> list[Scored | EngineError]:  # type: ignore[override]
        return [Scored(self.table[int(request.context.text)]) for request in requests]


def texts(answers: Indices) -> AnsweredTexts:
    asked = [Request(Prompt("", str(n), ""), VALUES) for n in range(len(answers))]
    return AnsweredTexts(VALUES, tuple(asked), answers)


def engine_right(share: float, answers: Indices, seed: int = 0) -> Engine:
    """An engine that gives the people's answer .8 in such a share of the texts, else .2."""
    right = np.random.default_rng(seed).permutation(len(answers)) < share * len(answers)
    said = np.where(right, answers, 1 - answers)
    return ToldEngine(np.log(np.where(np.eye(2)[said] > 0, 0.8, 0.2)))


@pytest.fixture
def answers() -> Indices:
    return np.arange(COUNT, dtype=np.intp) % 2


def test_a_model_is_measured_on_peoples_answers_once_calibrated(answers: Indices) -> None:
    times = iter([10.0, 14.0])
    found = measure(engine_right(0.9, answers), 1000, texts(answers), lambda: next(times))
    assert found.quality.accuracy.value == pytest.approx(0.9)
    ece = found.quality.ece.value
    assert ece is not None
    assert ece < 0.08
    assert found.texts_per_second == COUNT / 4


def test_the_same_model_costs_nothing_and_is_accepted(answers: Indices) -> None:
    found = measure(engine_right(0.9, answers), 1000, texts(answers))
    report = compare(found, found, most_loss=0.02)
    assert report.is_accepted
    assert (report.loss.value, report.nats, report.same_answer) == (0, 0, 1)
    assert "within the 2.0% allowed" in report.why


def test_one_that_loses_too_much_is_refused_and_it_is_said_why(answers: Indices) -> None:
    original = measure(engine_right(0.9, answers), 1000, texts(answers))
    smaller = measure(engine_right(0.7, answers, seed=1), 250, texts(answers))
    report = compare(original, smaller, most_loss=0.02)
    assert not report.is_accepted
    assert report.why.startswith("+")
    assert "not surely within the 2.0% allowed" in report.why
    assert report.nats > 0
    assert report.bytes_ratio == 0.25
    assert report.to_json()["is_accepted"] is False


def test_a_loss_that_may_be_larger_than_allowed_is_refused(answers: Indices) -> None:
    original = measure(engine_right(0.9, answers), 1000, texts(answers))
    smaller = measure(engine_right(0.89, answers), 250, texts(answers))
    report = compare(original, smaller, most_loss=0.02)
    assert report.loss.value == pytest.approx(0.01)
    assert report.loss.high > 0.02
    assert not report.is_accepted


def test_few_answers_that_are_all_alike_are_not_enough() -> None:
    few, many = np.ones(40, dtype=np.bool_), np.ones(400, dtype=np.bool_)
    assert accuracy_loss(few, few).high > 0.02
    assert accuracy_loss(many, many).high < 0.02


def test_a_loss_beyond_what_is_allowed_is_rarely_accepted() -> None:
    """Of models that lose exactly what is allowed, 2.5% get through, and no more by far."""
    rng = np.random.default_rng(0)
    accepted, draws, allowed = 0, 2000, 0.05
    for _ in range(draws):
        drawn = rng.random(300)
        before, after = drawn > 0.1, (drawn > 0.18) | (drawn < 0.03)
        accepted += accuracy_loss(before, after).high <= allowed
    assert accepted / draws < 0.035


def test_the_interval_holds_the_true_loss_about_as_often_as_stated() -> None:
    rng = np.random.default_rng(1)
    held, draws = 0, 2000
    for _ in range(draws):
        drawn = rng.random(200)
        loss = accuracy_loss(drawn > 0.1, (drawn > 0.18) | (drawn < 0.03))
        held += loss.low <= 0.05 <= loss.high
    assert 0.93 < held / draws < 0.98


def test_scores_that_are_not_finite_are_an_error(answers: Indices) -> None:
    broken = ToldEngine(np.full((COUNT, 2), np.nan))
    with pytest.raises(EngineError, match="no finite scores"):
        measure(broken, 1000, texts(answers))
