"""The calibrator is chosen by answers that no candidate saw, and the identity has to be beaten."""

import numpy as np
import pytest

from backend.calibration.calibrators import METHODS
from backend.calibration.noisy_labels import NoisyLabels
from backend.learning.selection import CalibratorChoice, choose, compare
from tests.support.distorted_models import log_loss, stated_loss, world


def chosen_from(noisy_labels: NoisyLabels) -> CalibratorChoice:
    """Choose among all calibrators."""
    return choose(noisy_labels, METHODS)


def test_compares_all_candidates() -> None:
    choice = chosen_from(world(60, seed=0))
    assert list(choice.log_loss) == list(METHODS)
    assert choice.calibrator.answers == 60


def test_leaves_what_is_calibrated_mostly_alone() -> None:
    chosen = [chosen_from(world(200, seed)).calibrator.name for seed in range(20)]
    assert chosen.count("identity") >= 12


def test_thirty_answers_do_no_harm_on_average() -> None:
    fresh = world(4000, seed=99)
    after = [
        log_loss(fresh, chosen_from(world(30, seed)).calibrator(fresh.log_probabilities))
        for seed in range(20)
    ]
    assert np.mean(after) < stated_loss(fresh) + 0.02


def test_takes_the_simplest_that_explains_the_distortion() -> None:
    choice = chosen_from(world(2000, seed=1, slope=0.3))
    assert choice.calibrator.name == "temperature"
    assert choice.why.startswith("temperature beats identity: +")


def test_takes_shifts_where_labels_are_preferred() -> None:
    choice = chosen_from(world(2000, seed=1, slope=0.3, shifts=(1.5, 0.0, -1.5)))
    assert choice.calibrator.name == "vector scaling"


def test_says_so_where_nothing_helps() -> None:
    [why] = {
        choice.why
        for choice in map(chosen_from, (world(200, seed) for seed in range(5)))
        if choice.calibrator.name == "identity"
    }
    assert why == "nothing beats identity by more than the standard error"


def test_one_good_answer_more_is_no_proof() -> None:
    assert not compare(np.array([1.0, 1.0, 1.0, 9.0]), np.ones(4)).is_better
    assert compare(np.array([1.2, 1.1, 1.3, 1.2]), np.ones(4)).is_better


@pytest.mark.parametrize("place", [0, 17, 59])
def test_no_answer_moves_what_it_is_judged_by(place: int) -> None:
    noisy_labels = world(60, seed=2, slope=0.3)
    changed = noisy_labels.answers.copy()
    changed[place] = (changed[place] + 1) % 3
    other = NoisyLabels(noisy_labels.log_probabilities, changed, noisy_labels.reliability)
    one, two = chosen_from(noisy_labels), chosen_from(other)
    assert one.calibrator.name == two.calibrator.name
    assert two.out_of_fold[place] == pytest.approx(one.out_of_fold[place])
    assert not np.allclose(two.out_of_fold, one.out_of_fold)
