"""How soon the sequential test finds somebody: the exact distribution against simulated people."""

from itertools import pairwise

import numpy as np
import pytest

from aggregation.quality.detection import found_within
from aggregation.quality.peer_test import PeerComparison, evidence_with_peers
from aggregation.quality.skill_test import Comparison, evidence_against, log_evidence

GOOD, RISK, CONTROLS, PEOPLE = 0.75, 0.01, 80, 4_000


@pytest.mark.parametrize("skill", [0.3, 0.5, 0.6, 0.75])
def test_it_is_how_often_simulated_people_are_found_at_every_look(skill: float) -> None:
    right = np.random.default_rng(7).random((PEOPLE, CONTROLS)) < skill
    nats = log_evidence(right, np.ones(right.shape), GOOD)
    ever = np.maximum.accumulate(nats >= -np.log(RISK), axis=1).mean(axis=0)
    found = found_within(skill, GOOD, RISK, CONTROLS)
    # Four standard errors, at each of 80 looks.
    assert (np.abs(ever - found) <= 4 * np.sqrt(found * (1 - found) / PEOPLE) + 1e-3).all()


def test_who_is_good_is_ever_found_with_the_risk_at_most() -> None:
    assert found_within(GOOD, GOOD, RISK, 400)[-1] <= RISK


def test_who_is_worse_is_found_sooner() -> None:
    by_skill = [found_within(skill, GOOD, RISK, CONTROLS) for skill in (0.2, 0.4, 0.6, 0.8)]
    for worse, better in pairwise(by_skill):
        assert (worse >= better - 1e-12).all()


def test_who_is_always_wrong_is_found_at_once_by_all_that_it_takes() -> None:
    found = found_within(0.0, GOOD, RISK, 10)
    needed = int(
        np.flatnonzero(evidence_against([Comparison(False)] * 10, GOOD) >= -np.log(RISK))[0]
    )
    assert found.tolist() == [0.0] * needed + [1.0] * (10 - needed)


def test_half_of_the_stake_is_a_lower_bound_where_peers_tell_too() -> None:
    drawn = np.random.default_rng(3)
    for _ in range(20):
        known = [Comparison(bool(one)) for one in drawn.random(20) < 0.5]
        both = [one for pair in known for one in (pair, PeerComparison(bool(drawn.random() < 0.6)))]
        with_peers = evidence_with_peers(both, GOOD)[::2]
        assert (with_peers >= evidence_against(known, GOOD) - np.log(2) - 1e-9).all()
