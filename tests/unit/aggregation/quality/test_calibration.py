"""Reliability, and risk against coverage."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregation.quality.calibration import (
    reliability,
    risk_coverage,
)
from labeling.errors import NotEnoughVotes

outcomes = st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=80)


def test_bins_hold_about_equally_many_items() -> None:
    confidence = np.linspace(0.01, 0.99, 100, dtype=np.float64)
    table = reliability(confidence, confidence > 0.5, bins=5)
    assert table["count"].tolist() == [20] * 5
    assert table["confidence"].is_monotonic_increasing


def test_equal_confidences_stay_together() -> None:
    table = reliability([0.9] * 7 + [0.2], [True] * 7 + [False], bins=4)
    assert table["count"].tolist() == [1, 7]


def test_risk_falls_with_the_threshold_when_confidence_ranks() -> None:
    curve = risk_coverage([0.9, 0.8, 0.7, 0.6], [True, True, False, True])
    assert curve["threshold"].tolist() == [0.9, 0.8, 0.7, 0.6]
    assert curve["coverage"].tolist() == [0.25, 0.5, 0.75, 1.0]
    assert curve["risk"].tolist() == pytest.approx([0, 0, 1 / 3, 1 / 4])


def test_weights_let_one_item_stand_for_many() -> None:
    weighted = risk_coverage([0.9, 0.6], [True, False], weights=[3, 1])
    repeated = risk_coverage([0.9, 0.9, 0.9, 0.6], [True, True, True, False])
    assert weighted.to_dict("list") == repeated.to_dict("list")


@given(outcomes)
def test_everything_stays_within_its_bounds(items: list[tuple[float, bool]]) -> None:
    confidence = [p for p, _ in items]
    correct = [right for _, right in items]
    table = reliability(confidence, correct)
    assert table["count"].sum() == len(items)
    assert ((table["low"] <= table["accuracy"]) & (table["accuracy"] <= table["high"])).all()
    curve = risk_coverage(confidence, correct)
    assert curve["coverage"].iloc[-1] == pytest.approx(1.0)
    assert curve["risk"].iloc[-1] == pytest.approx(1 - np.mean(correct))


def test_without_items_there_is_no_curve() -> None:
    for curve in (reliability, risk_coverage):
        with pytest.raises(NotEnoughVotes):
            curve([], [])
