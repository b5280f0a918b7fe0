"""Of a set of labels, one too many or one too few is suspected, whichever is more probable."""

from aggregation.label_errors.records import ErrorKind, Suspicion
from aggregation.label_errors.sets import suspect_set

VOTES = [("ann", '["price"]'), ("bob", '["price"]'), ("cyd", '["price","staff"]')]


def suspected(label: str, staff: float) -> Suspicion:
    found = suspect_set(1, "why", label, VOTES, {"price": 0.97, "staff": staff})
    assert found is not None
    return found


def test_a_label_that_applies_and_that_the_set_lacks_is_missing() -> None:
    one = suspected('["price"]', 0.9)
    assert (one.kind, one.part, one.other) == (ErrorKind.MISSING_LABEL, "staff", "staff")
    assert one.probability > 0.8
    assert one.given_by == ("ann", "bob")
    assert (one.votes_for, one.votes_against) == (2, 1)


def test_a_label_that_hardly_anybody_gave_is_surplus() -> None:
    one = suspected('["price","staff"]', 0.2)
    assert (one.kind, one.part, one.given_by) == (ErrorKind.SURPLUS_LABEL, "staff", ("cyd",))
    assert one.probability == 0.8


def test_of_a_set_that_all_agree_on_little_is_suspected() -> None:
    assert suspected('["price"]', 0.02).probability < 0.05


def test_nothing_is_said_where_nothing_is_known() -> None:
    assert suspect_set(1, "why", "[]", [], {}) is None
