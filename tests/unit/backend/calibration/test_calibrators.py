"""Every calibrator learns from people's answers, and few answers do no harm."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray
from scipy.special import expit, log_softmax, logit

from backend.calibration.calibrators import (
    METHODS,
    Calibrator,
    LabelEffects,
    calibrator_from_json,
    methods_for,
)
from backend.calibration.calibrators.beta import Beta
from backend.calibration.calibrators.binning import Isotonic
from backend.calibration.calibrators.identity import IdentityCalibrator
from backend.calibration.calibrators.scaling import Temperature, VectorScaling
from backend.calibration.noisy_labels import NoisyLabels
from backend.confidence.rescale_top import with_top
from labeling.metrics import expected_calibration_error
from tests.support.distorted_models import log_loss, stated_loss, trusted, with_mistakes, world

FITTED = {name: method for name, method in METHODS.items() if method is not IdentityCalibrator}
every = pytest.mark.parametrize("method", METHODS.values(), ids=METHODS.keys())
fitted = pytest.mark.parametrize("method", FITTED.values(), ids=FITTED.keys())
log_probabilities = arrays(
    np.float64, st.tuples(st.integers(1, 8), st.just(3)), elements=st.floats(-400, 0)
).map(lambda scores: log_softmax(scores, axis=1))


class TestEveryCalibrator:
    @every
    @given(log_probabilities, st.integers(0, 9))
    @settings(max_examples=25, deadline=None)
    def test_gives_distributions(
        self, method: type[Calibrator], given: NDArray[np.float64], seed: int
    ) -> None:
        probabilities = method.fit(world(60, seed, slope=0.4))(given)
        assert probabilities.sum(axis=1) == pytest.approx(1)
        assert np.all((probabilities >= 0) & (probabilities <= 1 + 1e-9))

    @every
    @given(seed=st.integers(0, 2**32), answers=st.integers(2, 120), slope=st.floats(0.1, 3))
    @settings(max_examples=25, deadline=None)
    def test_comes_back_from_disk_as_it_was(
        self, method: type[Calibrator], seed: int, answers: int, slope: float
    ) -> None:
        calibrator = method.fit(world(answers, seed, slope))
        assert calibrator_from_json(json.loads(json.dumps(calibrator.to_json()))) == calibrator

    @every
    def test_is_not_harmed_by_thirty_answers_to_what_was_right(
        self, method: type[Calibrator]
    ) -> None:
        fresh = world(4000, seed=99)
        after = [
            log_loss(fresh, method.fit(world(30, seed))(fresh.log_probabilities))
            for seed in range(20)
        ]
        assert np.mean(after) < stated_loss(fresh) + 0.03
        assert max(after) < stated_loss(fresh) + 0.12

    @every
    def test_is_the_same_in_any_order(self, method: type[Calibrator]) -> None:
        noisy_labels = world(80, seed=3, slope=0.5)
        order = np.random.default_rng(0).permutation(80)
        shuffled = NoisyLabels(
            noisy_labels.log_probabilities[order],
            noisy_labels.answers[order],
            noisy_labels.reliability[order],
        )
        fresh = world(50, seed=4).log_probabilities
        assert method.fit(shuffled)(fresh) == pytest.approx(
            method.fit(noisy_labels)(fresh), abs=1e-4
        )

    @every
    def test_stays_finite_where_all_answers_are_of_one_label(
        self, method: type[Calibrator]
    ) -> None:
        noisy_labels = world(50, seed=0)
        of_one = NoisyLabels(
            noisy_labels.log_probabilities,
            np.zeros_like(noisy_labels.answers),
            noisy_labels.reliability,
        )
        assert np.isfinite(stated_loss(of_one))
        assert np.all(np.isfinite(method.fit(of_one)(noisy_labels.log_probabilities)))

    @every
    def test_bears_a_model_that_is_certain(self, method: type[Calibrator]) -> None:
        certain = np.where(np.tile(np.eye(3)[:2], (20, 1)) > 0, 0.0, -np.inf)
        answers = np.tile([0, 2], 20).astype(np.intp)
        calibrator = method.fit(NoisyLabels(certain, answers, np.ones(40)))
        assert np.all(np.isfinite(calibrator(certain)))

    @every
    def test_says_how_many_answers_stand_behind_it(self, method: type[Calibrator]) -> None:
        assert method.fit(world(40, seed=0)).description == f"{method.name}, 40 answers"


class TestEveryFit:
    @fitted
    def test_makes_overconfidence_honest(self, method: type[Calibrator]) -> None:
        fresh = world(4000, seed=2, slope=0.3)
        calibrated = method.fit(world(400, seed=1, slope=0.3))(fresh.log_probabilities)
        right = calibrated.argmax(axis=1) == fresh.answers
        assert expected_calibration_error(calibrated.max(axis=1), right) < 0.06
        assert expected_calibration_error(fresh.confidence, fresh.agrees) > 0.2

    @fitted
    def test_helps_what_was_wrong_with_thirty_answers(self, method: type[Calibrator]) -> None:
        fresh = world(4000, seed=99, slope=0.3)
        after = [
            log_loss(fresh, method.fit(world(30, seed, slope=0.3))(fresh.log_probabilities))
            for seed in range(10)
        ]
        assert np.mean(after) < stated_loss(fresh) - 0.05

    @fitted
    def test_is_not_made_modest_by_people_s_mistakes(self, method: type[Calibrator]) -> None:
        truth, fresh = world(3000, seed=3), world(4000, seed=4)
        reliability = np.random.default_rng(5).choice([0.6, 0.95], size=len(truth))
        given = with_mistakes(truth, reliability, seed=6)
        aware, naive = (
            log_loss(fresh, method.fit(noisy_labels)(fresh.log_probabilities))
            for noisy_labels in (given, trusted(given))
        )
        assert aware < stated_loss(fresh) + 0.02
        assert naive > aware + 0.02

    @fitted
    def test_learns_nothing_from_answers_that_are_no_better_than_chance(
        self, method: type[Calibrator]
    ) -> None:
        noisy_labels = world(200, seed=7, slope=0.3)
        chance = NoisyLabels(
            noisy_labels.log_probabilities, noisy_labels.answers, np.full(200, 1 / 3)
        )
        unmoved = method.fit(chance)(noisy_labels.log_probabilities)
        assert unmoved == pytest.approx(np.exp(noisy_labels.log_probabilities), abs=1e-3)


class TestScaling:
    def test_finds_the_distortion_given_many_answers(self) -> None:
        noisy_labels = world(20_000, seed=0, slope=0.4, shifts=(0.8, 0.0, -0.8))
        calibrator = VectorScaling.fit(noisy_labels)
        assert calibrator.slope == pytest.approx(0.4, abs=0.05)
        spread = np.array(calibrator.shifts) - np.mean(calibrator.shifts)
        assert spread == pytest.approx([0.8, 0, -0.8], abs=0.1)

    def test_with_a_temperature_alone_finds_the_slope(self) -> None:
        assert Temperature.fit(world(20_000, seed=0, slope=0.4)).slope == pytest.approx(
            0.4, abs=0.05
        )


class TestLabelEffects:
    def test_tell_labels_apart_by_few_answers_each(self) -> None:
        taught, fresh = of_many_labels(seed=0), of_many_labels(seed=1, answers=20_000)
        losses = [
            log_loss(fresh, method.fit(taught)(fresh.log_probabilities))
            for method in (Beta, LabelEffects)
        ]
        assert losses[1] < losses[0] - 0.005

    def test_find_none_where_there_are_none(self) -> None:
        taught = of_many_labels(seed=2, spread=0.0)
        effects = np.array(LabelEffects.fit(taught).effects)
        assert np.abs(effects).mean() < 0.3

    def test_leave_a_label_that_nobody_spoke_of_as_all_others(self) -> None:
        taught = of_many_labels(seed=3)
        unseen = np.setdiff1d(np.arange(taught.labels), taught.top)
        assert len(unseen)
        assert np.array(LabelEffects.fit(taught).effects)[unseen] == pytest.approx(0, abs=1e-6)

    def test_keep_the_answer(self) -> None:
        taught = of_many_labels(seed=4)
        calibrated = LabelEffects.fit(taught)(taught.log_probabilities)
        assert np.mean(calibrated.argmax(axis=1) == taught.top) > 0.99


def of_many_labels(
    seed: int, answers: int = 1000, labels: int = 300, spread: float = 1.0
) -> NoisyLabels:
    """Answers about a model that is more often right of some of many labels than of others."""
    random = np.random.default_rng(seed)
    effects = spread * np.random.default_rng(7).standard_normal(labels)
    top = random.integers(0, labels, answers)
    confidence = random.uniform(0.3, 0.95, answers)
    logs = np.repeat(np.log((1 - confidence) / (labels - 1))[:, None], labels, axis=1)
    logs[np.arange(answers), top] = np.log(confidence)
    right = random.random(answers) < expit(logit(confidence) + effects[top])
    return NoisyLabels(logs, np.where(right, top, (top + 1) % labels), np.ones(answers))


@pytest.mark.parametrize(("labels", "offered"), [(32, VectorScaling), (33, LabelEffects)])
def test_each_label_is_treated_by_what_suits_their_number(
    labels: int, offered: type[Calibrator]
) -> None:
    assert {VectorScaling, LabelEffects} & {*methods_for(labels).values()} == {offered}
    symmetric = methods_for(labels, is_symmetric=True).values()
    assert not {VectorScaling, LabelEffects} & {*symmetric}


class TestTopLabel:
    @given(log_probabilities, st.floats(0.51, 0.99))
    def test_leaves_the_others_in_proportion(
        self, given: NDArray[np.float64], confidence: float
    ) -> None:
        before = np.exp(given)
        after = with_top(before, np.full(len(given), confidence))
        for was, now in zip(before, after, strict=True):
            first, second = np.delete(np.arange(3), was.argmax())
            assert was[first] * now[second] == pytest.approx(was[second] * now[first])
            assert now[was.argmax()] == pytest.approx(confidence)

    @given(log_probabilities, st.floats(0.34, 1.0))
    def test_keeps_the_answer(self, given: NDArray[np.float64], confidence: float) -> None:
        after = with_top(np.exp(given), np.full(len(given), confidence))
        assert after.argmax(axis=1).tolist() == np.exp(given).argmax(axis=1).tolist()
        assert after.sum(axis=1) == pytest.approx(1)

    def test_gives_the_answer_up_where_it_is_less_probable_than_chance(self) -> None:
        assert with_top(np.array([[0.9, 0.1]]), np.array([0.4])).argmax() == 1

    def test_of_a_certain_model_shares_its_doubt_evenly(self) -> None:
        assert with_top(np.array([[0.0, 1.0, 0.0]]), np.array([0.8])) == pytest.approx(
            np.array([[0.1, 0.8, 0.1]])
        )

    def test_of_one_label_is_certain(self) -> None:
        assert with_top(np.array([[1.0]]), np.array([0.3])) == pytest.approx(1)

    def test_isotonic_never_falls(self) -> None:
        confidence: NDArray[np.float64] = np.linspace(0.34, 1, 500, dtype=np.float64)
        curve = Isotonic.fit(world(200, seed=5, slope=0.2)).top(confidence)
        assert np.all(np.diff(curve) >= 0)

    def test_beta_finds_a_beta_curve(self) -> None:
        random = np.random.default_rng(0)
        stated = random.uniform(0.5, 0.999, 20_000)
        truth = expit(0.5 * np.log(stated) - 1.5 * np.log(1 - stated) - 1)
        logs = np.log(np.column_stack([stated, 1 - stated]))
        wrong = (random.random(20_000) > truth).astype(np.intp)
        found = Beta.fit(NoisyLabels(logs, wrong, np.ones(20_000))).top(stated)
        assert np.abs(found - truth).max() < 0.03
