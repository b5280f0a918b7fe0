"""How good a confidence is, by the standard measures."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import brier_score_loss, roc_auc_score  # type: ignore[import-untyped]
from sklearn.metrics import log_loss as reference_log_loss

from labeling.errors import NotEnoughVotes
from labeling.metrics import auroc, brier, expected_calibration_error, log_loss

outcomes = st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=80)


@given(outcomes)
def test_everything_stays_within_its_bounds(items: list[tuple[float, bool]]) -> None:
    confidence = [p for p, _ in items]
    right = [is_right for _, is_right in items]
    assert 0 <= expected_calibration_error(confidence, right) <= 1
    assert 0 <= brier(confidence, right) <= 1
    assert np.isfinite(log_loss(confidence, right))


@given(st.lists(st.tuples(st.floats(0.01, 0.99), st.booleans()), min_size=1, max_size=80))
def test_brier_score_and_log_loss_are_scikit_learn_s(items: list[tuple[float, bool]]) -> None:
    confidence = [p for p, _ in items]
    right = [is_right for _, is_right in items]
    assert brier(confidence, right) == pytest.approx(
        brier_score_loss(right, confidence, pos_label=True)
    )
    assert log_loss(confidence, right) == pytest.approx(
        reference_log_loss(right, confidence, labels=[False, True])
    )


def test_what_cannot_be_said_is_refused() -> None:
    for metric in (expected_calibration_error, auroc, brier, log_loss):
        with pytest.raises(NotEnoughVotes):
            metric([], [])
    with pytest.raises(ValueError, match="number in"):
        brier([1.5], [True])
    with pytest.raises(ValueError, match="do not fit"):
        brier([0.5], [True, False])


class TestExpectedCalibrationError:
    def test_is_zero_where_confidence_comes_true(self) -> None:
        confidence = np.repeat([0.25, 0.75], 4)
        right = np.array([1, 0, 0, 0, 1, 1, 1, 0], dtype=bool)
        assert expected_calibration_error(confidence, right) == pytest.approx(0)

    def test_is_the_gap_between_stated_and_observed(self) -> None:
        confidence, right = np.full(10, 0.95), np.arange(10) < 6
        assert expected_calibration_error(confidence, right) == pytest.approx(0.35)

    def test_counts_certainty_in_the_last_bin(self) -> None:
        assert expected_calibration_error(np.ones(3), np.ones(3, dtype=bool)) == 0


class TestAuroc:
    @given(st.lists(st.tuples(st.integers(0, 5), st.booleans()), min_size=2))
    def test_is_scikit_learn_s(self, pairs: list[tuple[int, bool]]) -> None:
        confidence = np.array([score / 5 for score, _ in pairs])
        right = np.array([is_right for _, is_right in pairs])
        if right.all() or not right.any():
            assert np.isnan(auroc(confidence, right))
        else:
            assert auroc(confidence, right) == pytest.approx(roc_auc_score(right, confidence))
