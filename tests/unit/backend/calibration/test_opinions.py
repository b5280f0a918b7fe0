"""Where people are asked for their opinion, confidence is the share of people who agree."""

from dataclasses import replace

import numpy as np
import pytest

from backend.calibration import covariate_shift, stacked_head
from backend.calibration.calibrators import METHODS, Calibrator
from backend.calibration.calibrators.identity import IdentityCalibrator
from backend.calibration.noisy_labels import NoisyLabels
from backend.learning.fit_calibration import fit_all
from backend.learning.fit_pool import fit as fit_pool
from backend.learning.report import quality
from labeling.mathtypes import Floats

FITTED = {name: method for name, method in METHODS.items() if method is not IdentityCalibrator}
fitted = pytest.mark.parametrize("method", FITTED.values(), ids=FITTED.keys())


def torn(answers: int, votes: int, seed: int = 0) -> tuple[NoisyLabels, Floats]:
    """A model that is 90% sure where 65% of people agree; votes, and what all people say."""
    rng = np.random.default_rng(seed)
    top = rng.integers(0, 3, answers)
    stated = np.full((answers, 3), 0.05)
    stated[np.arange(answers), top] = 0.9
    truth = np.full((answers, 3), 0.175)
    truth[np.arange(answers), top] = 0.65
    shares = np.array([rng.multinomial(votes, own) for own in truth]) / votes
    most = shares.argmax(axis=1)
    return NoisyLabels(np.log(stated), most, np.full(answers, 0.95), shares), truth


def loss(probabilities: Floats, truth: Floats) -> float:
    return float(-(truth * np.log(probabilities)).sum(axis=1).mean())


@fitted
def test_confidence_comes_to_the_share_of_people_who_agree(method: type[Calibrator]) -> None:
    opinions, truth = torn(800, 5)
    probabilities = method.fit(opinions)(opinions.log_probabilities)
    assert probabilities.max(axis=1).mean() == pytest.approx(0.65, abs=0.04)
    hard = method.fit(replace(opinions, shares=None))(opinions.log_probabilities)
    assert hard.max(axis=1).mean() > 0.75, "most people's answer is taken for all people's"
    assert loss(probabilities, truth) < loss(hard, truth)


@fitted
def test_one_vote_a_text_teaches_the_same(method: type[Calibrator]) -> None:
    """A lone vote is no sure label, but one opinion of many."""
    opinions, _ = torn(1500, 1)
    probabilities = method.fit(opinions)(opinions.log_probabilities)
    assert probabilities.max(axis=1).mean() == pytest.approx(0.65, abs=0.04)


@fitted
def test_where_all_agree_opinions_are_answers_that_are_right(method: type[Calibrator]) -> None:
    opinions, _ = torn(120, 1)
    answers = replace(opinions, shares=None, reliability=np.ones(120))
    parameters = [
        {name: value for name, value in method.fit(one).to_json().items() if name != "method"}
        for one in (opinions, answers)
    ]
    assert parameters[0] == parameters[1]


def test_the_stacked_head_is_fitted_to_what_people_say() -> None:
    rng = np.random.default_rng(0)
    truth = np.repeat([[0.7, 0.3], [0.2, 0.8]], 150, axis=0)
    shares = np.array([rng.multinomial(4, own) for own in truth]) / 4
    vectors = np.repeat(np.eye(2), 150, axis=0) + rng.normal(0, 0.05, (300, 2))
    even = np.full((300, 2), np.log(0.5))
    head, out_of_fold = stacked_head.fit(even, vectors, shares.argmax(axis=1), None, shares)
    off = np.abs(head(even, vectors) - truth).mean()
    assert off < 0.05
    assert np.abs(out_of_fold - truth).mean() < 0.05
    hard, _ = stacked_head.fit(even, vectors, shares.argmax(axis=1))
    assert np.abs(hard(even, vectors) - truth).mean() > 2 * off


def test_the_pool_gives_weight_to_the_method_that_says_what_people_say() -> None:
    opinions, truth = torn(400, 5)
    rng = np.random.default_rng(1)
    noise = np.log(rng.dirichlet(np.ones(3), 400))
    pool = fit_pool(["good", "noise"], np.array([np.log(truth), noise]), opinions)
    assert pool.weights["good"] > 0.8
    assert pool.weights["noise"] < 0.1


def test_the_last_step_takes_opinions_too() -> None:
    opinions, _ = torn(400, 5)
    sure: Floats = np.linspace(0.85, 0.95, 400).astype(np.float64)
    found = covariate_shift.fit(opinions, sure)
    assert found is not None
    assert found(np.array([[0.9, 0.05, 0.05]]))[0, 0] == pytest.approx(0.65, abs=0.06)


def test_all_of_it_is_judged_by_the_people_who_agree() -> None:
    opinions, _ = torn(600, 5)
    before = quality(opinions, np.exp(opinions.log_probabilities))
    assert before.accuracy.value == pytest.approx(0.65, abs=0.03)
    assert before.ece.value == pytest.approx(0.25, abs=0.03)
    report = fit_all(opinions, None, None).report
    assert report["after"]["ece"]["value"] < 0.05
    assert report["after"]["log_loss"]["value"] < report["before"]["log_loss"]["value"]


def test_parts_and_other_beliefs_keep_what_people_said() -> None:
    opinions, _ = torn(10, 5)
    assert opinions.shares is not None
    first = np.arange(10) < 4
    part = opinions.part(first).with_beliefs(np.full((4, 3), 1 / 3))
    assert part.shares is not None
    assert np.array_equal(part.shares, opinions.shares[first])
