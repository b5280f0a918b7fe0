"""The sequential test with peers; its promise is shown in `tests/unit/bench/test_people.py`."""

import numpy as np
import pytest

from aggregation.quality.majority import SHARES, MajorityShares
from aggregation.quality.peer_test import (
    Observation,
    PeerComparison,
    evidence_with_peers,
    first_alarm_with_peers,
    log_evidence_with_peers,
)
from aggregation.quality.skill_test import Comparison, evidence_against

GOOD, RISK = 0.75, 0.01
RIGHT_MAJORITIES: list[Observation] = [MajorityShares(1.0, 1.0)] * 150
DIFFERS, AGREES = PeerComparison(agrees=False), PeerComparison(agrees=True)


def test_known_answers_alone_tell_what_they_tell_without_peers() -> None:
    answers = [Comparison(is_right=number % 2 == 0) for number in range(40)]
    alone = evidence_against(answers, GOOD)
    assert (evidence_with_peers(answers, GOOD) >= alone - np.log(2)).all()
    assert evidence_with_peers(answers, GOOD) == pytest.approx(alone, abs=np.log(2))


def test_who_differs_from_majorities_that_are_known_to_be_right_is_found() -> None:
    answers: list[Observation] = [AGREES, DIFFERS] * 40
    alarm = first_alarm_with_peers([*RIGHT_MAJORITIES, *answers], GOOD, RISK)
    assert alarm is not None
    assert alarm <= len(RIGHT_MAJORITIES) + 60


def test_who_differs_from_majorities_of_which_nothing_is_known_is_not() -> None:
    answers: list[Observation] = [DIFFERS] * 400
    assert first_alarm_with_peers(answers, GOOD, RISK) is None


def test_who_differs_from_majorities_that_are_often_wrong_is_not() -> None:
    half: list[Observation] = [MajorityShares(1.0, 1.0), MajorityShares(1.0, 0.0)] * 100
    assert first_alarm_with_peers([*half, *[AGREES, DIFFERS] * 60], GOOD, RISK) is None


def test_known_answers_suffice_where_peers_tell_nothing() -> None:
    agreeing: list[Observation] = [AGREES] * 50
    wrong: list[Observation] = [Comparison(is_right=False)] * 10
    assert first_alarm_with_peers([*agreeing, *wrong], GOOD, RISK) is not None


def test_fewer_shares_of_right_majorities_bound_the_evidence() -> None:
    rng = np.random.default_rng(3)
    known, on_share = rng.normal(0, 1, (16, 40)), rng.normal(0, 2, (40, len(SHARES)))
    agreed, differed = rng.integers(0, 50, (2, 40))
    whole = log_evidence_with_peers(known, agreed, differed, on_share, GOOD)
    some = log_evidence_with_peers(known, agreed, differed, on_share[:, ::10], GOOD, every=10)
    assert (some >= whole - 1e-9).all()
    assert (some > whole + 1e-9).any()


def test_evidence_is_the_same_whatever_comes_later() -> None:
    known: list[Observation] = [
        *RIGHT_MAJORITIES, DIFFERS, AGREES, Comparison(is_right=False), DIFFERS, DIFFERS
    ]  # fmt: skip
    whole = evidence_with_peers(known, GOOD)
    assert evidence_with_peers(known[:152], GOOD) == pytest.approx(whole[:152])
    assert evidence_with_peers([], GOOD).shape == (0,)
