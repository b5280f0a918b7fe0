"""The mix weighs methods by people's answers, and few answers never do it harm."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import log_softmax

from backend.calibration.noisy_labels import NoisyLabels
from backend.confidence.opinion_pool import OpinionPool
from backend.learning.fit_pool import PoolChoice, choose_pool, fit
from labeling.mathtypes import Floats
from tests.support.distorted_models import log_loss, world

METHODS = ("label-logprob", "self-consistency")


def two_methods(answers: int, seed: int, noise: float) -> tuple[Floats, NoisyLabels]:
    """One method that tells the truth's own distribution, and one that is noise of a strength."""
    truth = world(answers, seed)
    random = np.random.default_rng(seed + 1000)
    other = log_softmax(random.normal(scale=noise, size=truth.log_probabilities.shape), axis=1)
    beliefs = np.array([truth.log_probabilities, other])
    even = OpinionPool.even(METHODS)(beliefs)
    return beliefs, NoisyLabels(even, truth.answers, truth.reliability)


def losses(chosen: PoolChoice, seed: int, noise: float) -> tuple[float, float]:
    """Log loss on fresh texts of the even mix, and of the chosen one."""
    beliefs, fresh = two_methods(1000, seed + 5000, noise)
    return (
        log_loss(fresh, np.exp(fresh.log_probabilities)),
        log_loss(fresh, np.exp(chosen.pool(beliefs))),
    )


def test_a_method_that_says_nothing_loses_its_weight() -> None:
    chosen = choose_pool(METHODS, *two_methods(400, 0, noise=2.0))
    even, fitted = losses(chosen, 0, noise=2.0)
    assert chosen.report["is_fitted"]
    assert (
        chosen.pool.weights["self-consistency"] < 0.15 < 0.7 < chosen.pool.weights["label-logprob"]
    )
    assert fitted < even - 0.05


@pytest.mark.parametrize("answers", [10, 30, 100])
def test_few_answers_never_make_it_worse_than_equal_weights(answers: int) -> None:
    """Two methods of equal worth, so that equal weights are the best there are."""
    worse = []
    for seed in range(40):
        truth = world(answers, seed)
        fresh = world(1000, seed + 5000)
        random = np.random.default_rng(seed)

        def noisy(one: NoisyLabels, random: np.random.Generator = random) -> Floats:
            shape = (2, *one.log_probabilities.shape)
            return log_softmax(2 * one.log_probabilities + random.normal(size=shape), axis=-1)

        beliefs, of_fresh = noisy(truth), noisy(fresh)
        even = OpinionPool.even(METHODS)
        noisy_labels = NoisyLabels(even(beliefs), truth.answers, truth.reliability)
        pool = choose_pool(METHODS, beliefs, noisy_labels).pool
        losses = [log_loss(fresh, np.exp(one(of_fresh))) for one in (even, pool)]
        worse.append(losses[1] - losses[0])
    assert np.mean(worse) < 0.005
    assert np.max(worse) < 0.1


def test_weights_are_judged_on_answers_that_they_did_not_see() -> None:
    beliefs, noisy_labels = two_methods(400, 1, noise=2.0)
    chosen = choose_pool(METHODS, beliefs, noisy_labels)
    whole = chosen.pool(beliefs)
    assert not np.allclose(chosen.noisy_labels.log_probabilities, whole, atol=1e-9)
    assert np.allclose(chosen.noisy_labels.log_probabilities, whole, atol=0.5)


@settings(deadline=None, max_examples=20)
@given(st.integers(2, 60), st.integers(0, 100))
def test_weights_are_never_negative(answers: int, seed: int) -> None:
    beliefs, noisy_labels = two_methods(answers, seed, noise=5.0)
    assert min(fit(METHODS, beliefs, noisy_labels).weights.values()) >= 0


def test_one_method_alone_is_left_as_it_is() -> None:
    beliefs, _ = two_methods(5, 0, noise=1.0)
    assert np.array_equal(OpinionPool.even(["margin"])(beliefs[:1]), beliefs[0])


def test_no_method_can_veto_a_label() -> None:
    certain = np.log(np.array([[[1.0, 1e-300]], [[0.1, 0.9]]]))
    assert np.all(np.isfinite(OpinionPool.even(METHODS)(certain)))


def test_a_mix_survives_the_disk() -> None:
    pool = OpinionPool({"label-logprob": 0.7, "margin": 0.0}, 30)
    assert OpinionPool.from_json(json.loads(json.dumps(pool.to_json()))) == pool
    assert pool.description == "mix of 0.70 label-logprob, 0.00 margin, 30 answers"
