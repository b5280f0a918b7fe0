"""Draws of the true errors: wide after few answers, close after many, shifted where they missed."""

import numpy as np
import pytest

from routing.planning.error_draws import (
    AS_PREDICTED,
    DRAWS,
    PRIOR_RAW,
    Calibration,
    ErrorDraws,
    Floats,
    prior,
    with_slips,
)

ERRORS = np.random.default_rng(0).beta(0.7, 4, 400)


def spread(known: Calibration) -> float:
    """How far apart the draws' total errors lie."""
    return float(known.draws(np.random.default_rng(0)).of(ERRORS).sum(axis=1).std())


def answers(true: Floats) -> Floats:
    return (np.random.default_rng(1).random(len(true)) < true).astype(np.float64)


def test_a_seed_gives_the_same_draws() -> None:
    known = prior(ERRORS, is_calibrated=True)
    one, same = (known.draws(np.random.default_rng(4)).of(ERRORS) for _ in range(2))
    assert one.shape == (DRAWS, len(ERRORS))
    assert np.array_equal(one, same)


def test_more_answers_leave_the_draws_closer() -> None:
    known = prior(ERRORS, is_calibrated=True)
    widths = [spread(known.learned_from(np.resize(ERRORS, many))) for many in (0, 60, 600)]
    assert widths == sorted(widths, reverse=True)
    assert widths[0] > 3 * widths[-1]


def test_confidence_that_nobody_calibrated_is_trusted_least() -> None:
    raw, calibrated = (prior(ERRORS, is_calibrated=one) for one in (False, True))
    assert spread(raw) > spread(calibrated)
    assert Calibration().precision[0, 0] == pytest.approx(PRIOR_RAW[0] ** -2)


@pytest.mark.parametrize("shift", [-1.0, 0.0, 1.0])
def test_audits_find_out_how_far_predictions_are_off(shift: float) -> None:
    true = ErrorDraws(np.array([[shift, 0.0]]))
    many = np.resize(ERRORS, 4000)
    known = prior(ERRORS, is_calibrated=True).after(many, answers(true.of(many)[0]))
    drawn = known.draws(np.random.default_rng(0)).of(ERRORS).sum(axis=1).mean()
    assert drawn == pytest.approx(true.of(ERRORS).sum(), rel=0.1)


def test_what_is_left_once_the_doubtful_were_picked_is_taken_to_look_too_safe() -> None:
    known = prior(ERRORS, is_calibrated=True).learned_from(np.resize(ERRORS, 10_000))
    drawn = known.once_picked().draws(np.random.default_rng(0)).of(ERRORS).sum(axis=1).mean()
    assert 1.1 < drawn / ERRORS.sum() < 1.3


def test_plans_are_made_around_what_is_predicted_even_then() -> None:
    known = prior(ERRORS, is_calibrated=True).learned_from(np.resize(ERRORS, 10_000)).once_picked()
    drawn = known.for_plans().draws(np.random.default_rng(0)).of(ERRORS).sum(axis=1).mean()
    assert drawn == pytest.approx(ERRORS.sum(), rel=0.03)
    assert np.array_equal(known.for_plans().precision, known.precision)


def test_without_answers_nothing_is_learned() -> None:
    known = prior(ERRORS, is_calibrated=True)
    assert known.after(np.empty(0), np.empty(0)) is known


def test_what_the_model_will_say_comes_nearer_to_the_truth_the_more_is_answered() -> None:
    known = prior(ERRORS, is_calibrated=True).learned_from(ERRORS[:60])
    true = ErrorDraws(np.array([[1.0, 0.2]]), known.middle)
    gaps = []
    for many in (0, 400, 20_000):
        said, left = known.learned(true, np.resize(ERRORS, many), np.random.default_rng(0))
        gaps.append(float(np.abs(said.of(ERRORS) - true.of(ERRORS)).mean()))
        assert spread(left) <= spread(known) + 1e-9
    assert gaps == sorted(gaps, reverse=True)
    assert gaps[-1] < gaps[0] / 5


def test_a_steep_tilt_never_makes_the_doubtful_label_the_safer_one() -> None:
    flat = ErrorDraws(np.array([[0.0, -5.0]]))
    assert (np.diff(flat.of(np.arange(1, 20, dtype=np.float64) / 20)[0]) > 0).all()


def test_people_who_slip_contradict_what_is_right() -> None:
    assert with_slips(np.array([0.0, 0.5, 1.0]), 0.1) == pytest.approx([0.1, 0.55, 1.0])
    slipping = ErrorDraws(np.zeros((2, 2)), slips=np.array([0.0, 0.1]))
    sure, slips = slipping.of(ERRORS)
    assert (slips > sure).all()
    assert sure == pytest.approx(AS_PREDICTED.of(ERRORS)[0])
