"""What audits are expected to show, from predictions."""

import numpy as np
import pytest

from routing.planning.expected_audits import audits_needed
from tests.support.predicted_errors import error_curve, promise_of_open


def test_audits_grow_more_slowly_than_the_population() -> None:
    audits = [
        audits_needed(error_curve(n, mean=0.03), np.ones(n), promise_of_open(n))
        for n in (1000, 16_000)
    ]
    assert audits[0] <= audits[1] < 2 * audits[0]


def test_items_may_be_counted_by_kind() -> None:
    kinds, counts = np.array([0.02, 0.05]), np.array([700.0, 300.0])
    together = audits_needed(kinds, counts, promise_of_open(1000))
    each = audits_needed(np.repeat(kinds, counts.astype(int)), np.ones(1000), promise_of_open(1000))
    assert together == pytest.approx(each, rel=0.03)
