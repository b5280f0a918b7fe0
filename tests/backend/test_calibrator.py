"""The calibrator learns from people's answers, and few answers do no harm."""

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.special import log_softmax, softmax

from backend.confidence.quality import expected_calibration_error
from backend.learning.calibrator import FEWEST_ANSWERS, Calibrator, fit

Floats = NDArray[np.float64]


def world(
    answers: int, seed: int, slope: float = 1.0, shifts: tuple[float, ...] = (0, 0, 0)
) -> tuple[Floats, NDArray[np.intp]]:
    """Log-probabilities, and labels drawn from the distribution that they are a distortion of."""
    random = np.random.default_rng(seed)
    stated = log_softmax(random.normal(scale=2.0, size=(answers, 3)), axis=1)
    truth = softmax(slope * stated + np.array(shifts), axis=1)
    labels = np.array([random.choice(3, p=row) for row in truth], dtype=np.intp)
    return stated, labels


def log_loss(probabilities: Floats, labels: NDArray[np.intp]) -> float:
    return float(-np.log(probabilities[np.arange(len(labels)), labels]).mean())


def fitted(stated: Floats, labels: NDArray[np.intp]) -> Calibrator:
    calibrator = fit(stated, labels)
    assert calibrator is not None
    return calibrator


def test_gives_distributions() -> None:
    stated, labels = world(100, seed=0)
    assert fitted(stated, labels)(stated).sum(axis=1) == pytest.approx(1)


def test_finds_the_distortion_given_many_answers() -> None:
    calibrator = fitted(*world(20_000, seed=0, slope=0.4, shifts=(0.8, 0.0, -0.8)))
    assert calibrator.slope == pytest.approx(0.4, abs=0.05)
    spread = np.array(calibrator.shifts) - np.mean(calibrator.shifts)
    assert spread == pytest.approx([0.8, 0, -0.8], abs=0.1)


def test_makes_overconfidence_honest() -> None:
    stated, labels = world(400, seed=1, slope=0.3)
    fresh, truth = world(4000, seed=2, slope=0.3)
    calibrated = fitted(stated, labels)(fresh)
    right = calibrated.argmax(axis=1) == truth
    assert expected_calibration_error(calibrated.max(axis=1), right) < 0.05
    before = np.exp(fresh)
    assert expected_calibration_error(before.max(axis=1), before.argmax(axis=1) == truth) > 0.2


def test_thirty_answers_do_no_harm_to_what_was_right() -> None:
    fresh, truth = world(4000, seed=99)
    before = log_loss(np.exp(fresh), truth)
    after = [log_loss(fitted(*world(30, seed=s))(fresh), truth) for s in range(20)]
    assert np.mean(after) < before + 0.03
    assert max(after) < before + 0.12


def test_thirty_answers_help_what_was_wrong() -> None:
    fresh, truth = world(4000, seed=99, slope=0.3)
    before = log_loss(np.exp(fresh), truth)
    for seed in range(10):
        assert log_loss(fitted(*world(30, seed=seed, slope=0.3))(fresh), truth) < before


def with_mistakes(labels: NDArray[np.intp], reliability: Floats, seed: int) -> NDArray[np.intp]:
    """The labels as people give them who are right that often, and else name another one."""
    random = np.random.default_rng(seed)
    others = (labels + random.integers(1, 3, size=len(labels))) % 3
    return np.where(random.random(len(labels)) < reliability, labels, others).astype(np.intp)


def test_people_s_mistakes_do_not_make_the_model_modest() -> None:
    stated, truth = world(2000, seed=3)
    fresh, fresh_truth = world(4000, seed=4)
    reliability = np.random.default_rng(5).choice([0.6, 0.95], size=len(truth))
    given = with_mistakes(truth, reliability, seed=6)
    aware = fit(stated, given, reliability)
    assert aware is not None
    assert aware.slope == pytest.approx(1, abs=0.1)
    assert fitted(stated, given).slope < 0.75
    assert log_loss(aware(fresh), fresh_truth) < log_loss(np.exp(fresh), fresh_truth) + 0.005


def test_answers_that_are_no_better_than_chance_teach_nothing() -> None:
    stated, truth = world(200, seed=7, slope=0.3)
    calibrator = fit(stated, truth, np.full(len(truth), 1 / 3))
    assert calibrator is not None
    assert calibrator.slope == pytest.approx(1)


@pytest.mark.parametrize("answers", [0, 1, FEWEST_ANSWERS - 1])
def test_too_few_answers_fit_nothing(answers: int) -> None:
    assert fit(*world(answers, seed=0)) is None


def test_answers_of_one_label_alone_stay_finite() -> None:
    stated, labels = world(50, seed=0)
    calibrator = fitted(stated, np.zeros_like(labels))
    assert np.all(np.isfinite(calibrator(stated)))


def test_says_how_many_answers_stand_behind_it() -> None:
    assert fitted(*world(40, seed=0)).description == "vector scaling, 40 answers"
