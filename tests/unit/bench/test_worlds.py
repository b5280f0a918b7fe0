"""The worlds count false certificates at every look, and find none more often than the risk."""

import json

import numpy as np
import pytest
from scipy.stats import binom

from bench import worlds
from bench.deceptions import (
    AdversaryView,
    FrozenLabels,
    Reviewer,
    by_the_evidence,
    removing_right,
    removing_wrong,
)
from bench.worlds import WORLDS, DeceptiveWorld, main, measure, run
from routing.guarantee.audit_test import AuditStatus, Promise

pytestmark = pytest.mark.slow

SEEDS = {20: 150, 19: 150, 20_000: 4, 2_000: 8}
"""Campaigns of a world, by its size: small ones cost little."""


@pytest.mark.parametrize("world", WORLDS, ids=lambda world: world.name)
def test_a_certificate_is_false_no_more_often_than_its_risk(world: DeceptiveWorld) -> None:
    result = measure(world, SEEDS.get(world.promise.size, 20))
    assert result.false <= binom.ppf(1 - 1e-4, result.seeds, world.promise.risk)


def test_false_certificates_are_seen_where_the_order_is_no_chance(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # Whoever may choose the order audits what is right.
    monkeypatch.setattr(worlds, "audit_order", lambda errors, *_: list(errors))
    right_first = DeceptiveWorld(
        "right first",
        Promise(200, 0.05, 0.05),
        lambda _rng, _promise: FrozenLabels(np.full(200, 0.05), np.arange(200) >= 180),
    )
    result = measure(right_first, 3)
    assert (result.false, result.share, result.holds) == (3, 1.0, False)


def test_a_certificate_is_no_longer_false_once_the_errors_are_found() -> None:
    all_wrong = DeceptiveWorld(
        "all wrong",
        Promise(50, 0.1, 0.05),
        lambda _rng, _promise: FrozenLabels(np.full(50, 0.05), np.ones(50, dtype=bool)),
    )
    ending = run(all_wrong, seed=0)
    assert (ending.is_false, ending.is_certified) == (False, False)
    assert ending.audits >= 45


@pytest.mark.parametrize("reviewer", [removing_right, removing_wrong, by_the_evidence])
def test_adversaries_keep_the_promise_broken(reviewer: Reviewer) -> None:
    labels = FrozenLabels(np.arange(10) / 20, np.arange(10) % 2 == 0)
    audit_status = AuditStatus(0.0, 0, 0, 10, 10, False)
    now = AdversaryView(labels, np.ones(10, dtype=bool), spare=2, audit_status=audit_status)
    while (item := reviewer(now)) is not None:
        assert now.is_open[item]
        now.is_open[item] = False
        now.spare -= bool(labels.is_wrong[item])
    assert now.spare >= 0
    assert now.is_open.sum() < 10


def test_it_ends_with_one_object(capsys: pytest.CaptureFixture[str]) -> None:
    main(["--seeds", "3", "--only", "20 items", "--json"])
    found = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert found["holds"] is True
    assert [one["seeds"] for one in found["worlds"]] == [3, 3, 3]
    assert found["worst_share_of_risk"] == max(
        one["share"] / one["risk"] for one in found["worlds"]
    )
    for one in found["worlds"]:
        assert one["share"] == one["false"] / 3
        assert one["lower"] <= one["share"] <= one["upper"]
