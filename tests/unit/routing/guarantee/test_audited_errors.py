"""How probable unchecked labels are wrong, once audits of others have told."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labeling.mathtypes import Floats
from routing.guarantee.audit_test import AuditEvent
from routing.guarantee.audited_errors import audited_errors

ERRORS: Floats = np.full(300, 0.2)


def audits(found: int, number: int) -> list[AuditEvent]:
    return [AuditEvent(place, "audit", place < found) for place in range(number)]


def test_without_audits_they_are_as_predicted() -> None:
    assert audited_errors(ERRORS, []) == pytest.approx(ERRORS)


def test_as_many_errors_as_predicted_change_nothing() -> None:
    assert audited_errors(ERRORS, audits(20, 100)) == pytest.approx(ERRORS)


def test_twice_as_many_errors_double_them_nearly() -> None:
    assert audited_errors(ERRORS, audits(40, 100)) == pytest.approx(0.2 * 45 / 25)


def test_reviews_of_what_was_doubted_and_audits_without_an_answer_tell_nothing() -> None:
    events = [AuditEvent(0, "review", True), AuditEvent(1, "audit", None)]
    assert audited_errors(ERRORS, events) == pytest.approx(ERRORS)


@given(st.integers(0, 200), st.lists(st.floats(0, 1), min_size=200, max_size=200))
def test_they_stay_probabilities_in_their_order(found: int, predicted: list[float]) -> None:
    errors: Floats = np.array(predicted)
    scaled = audited_errors(errors, audits(found, 200))
    assert ((scaled >= 0) & (scaled <= 1)).all()
    assert (np.diff(scaled[np.argsort(errors)]) >= 0).all()
