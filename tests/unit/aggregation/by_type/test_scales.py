"""Ordinal votes are worth more than nominal ones, and the confidence means what it says."""

import numpy as np
import pandas as pd
import pytest

from aggregation.by_type.scales import Scales
from aggregation.classification.registry import aggregator
from tests.support.crowds import crowd_of, reader_of_scale, votes_of

STEPS = [str(step) for step in range(1, 6)]
NOISES = {"a": 0.4, "b": 0.6, "c": 0.8, "d": 1.0, "e": 1.2, "f": 1.5, "g": 2.0, "h": 2.5}


def simulated(seed: int, votes: int = 3) -> tuple[pd.DataFrame, "pd.Series[str]"]:
    truth = np.random.default_rng(seed).choice(STEPS, size=300).tolist()
    crowd = {name: reader_of_scale(noise, len(STEPS)) for name, noise in NOISES.items()}
    return crowd_of(truth, crowd, votes=votes, seed=seed), pd.Series(truth)


@pytest.mark.parametrize(
    ("rival", "margin"), [("majority-vote", 0.08), ("bayesian-one-coin", 0.02)]
)
def test_it_beats_what_takes_steps_for_names(rival: str, margin: float) -> None:
    gains, errors = [], []
    for seed in range(3):
        votes, truth = simulated(seed)
        ours, theirs = Scales(STEPS).fit_predict(votes), aggregator(rival).fit_predict(votes)
        gains.append((ours == truth).mean() - (theirs == truth).mean())
        away = [(x.astype("int64") - truth.astype("int64")).abs().mean() for x in (theirs, ours)]
        errors.append(away[0] - away[1])
    assert np.mean(gains) > margin
    assert np.mean(errors) > margin


def test_confidence_is_the_share_that_is_right() -> None:
    fits = [(Scales(STEPS).fit(votes), truth) for votes, truth in map(simulated, range(3))]
    right = np.mean([(fitted.labels_ == truth).mean() for fitted, truth in fits])
    assert np.mean([fitted.confidence_.mean() for fitted, _ in fits]) == pytest.approx(
        right, abs=0.05
    )


def test_workers_are_ranked_by_their_noise() -> None:
    fitted = Scales(STEPS).fit(simulated(0, votes=5)[0])
    ranks = fitted.noise_.rank().corr(pd.Series(NOISES).rank())
    assert ranks > 0.9
    assert fitted.skills_["a"] > fitted.skills_["h"]


def test_what_is_known_of_each_step() -> None:
    fitted = Scales(STEPS).fit(votes_of([(1, "x", "2"), (1, "y", "4"), (2, "x", "5")]))
    assert fitted.probas_.columns.tolist() == STEPS
    np.testing.assert_allclose(fitted.probas_.sum(axis=1), 1.0)
    assert fitted.expected_.loc[1] == pytest.approx(3.0)
    assert fitted.labels_.to_dict() == {1: "3", 2: "5"}


def test_a_step_beyond_the_scale_makes_it_longer() -> None:
    fitted = Scales(STEPS).fit(votes_of([(1, "x", "7")]))
    assert fitted.probas_.columns.tolist() == [*STEPS, "6", "7"]


@pytest.mark.parametrize("step", ["1", "3", "5"])
@pytest.mark.parametrize("voters", ["x", "xyz"])
def test_each_end_can_be_agreed_upon(step: str, voters: str) -> None:
    noisy = simulated(1)[0]
    votes = pd.concat([noisy, votes_of((900, name, step) for name in voters)])
    fitted = Scales(STEPS).fit(votes)
    assert fitted.probas_.loc[900].idxmax() == step


def test_steps_that_one_vote_is_about_tell_nothing_of_who_gave_it() -> None:
    alone = Scales(STEPS).fit(votes_of([(0, "x", "5")]))
    among = Scales(STEPS).fit(votes_of([(task, "x", "5") for task in range(100)]))
    assert among.confidence_.loc[0] == pytest.approx(alone.confidence_.loc[0])
    assert among.noise_["x"] == alone.noise_["x"]
