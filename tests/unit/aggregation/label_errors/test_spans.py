"""Spans are suspected of wrong ends, of a wrong label, of one too many or one too few."""

import pytest

from aggregation.label_errors.records import ErrorKind, Suspicion
from aggregation.label_errors.spans import spans_believed, suspect_spans
from labeling.answers.types import Span

ANN, VOTED = (0, 3, "PER"), [("ada", '[[0,3,"PER"]]'), ("ben", '[[0,3,"PER"]]')]


def suspected(probable: dict[Span, float], label: str = '[[0,3,"PER"]]') -> Suspicion:
    found = suspect_spans(1, "who", label, VOTED, probable)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("rival", "kind"),
    [
        ((0, 9, "PER"), ErrorKind.SPAN_TOO_SHORT),
        ((0, 2, "PER"), ErrorKind.SPAN_TOO_LONG),
        ((0, 3, "LOC"), ErrorKind.SPAN_LABEL),
        ((8, 11, "LOC"), ErrorKind.MISSING_SPAN),
    ],
)
def test_what_is_more_probable_says_in_what_way_a_span_is_wrong(
    rival: Span, kind: ErrorKind
) -> None:
    one = suspected({rival: 0.75, ANN: 0.6})
    assert (one.kind, one.probability) == (kind, 0.75)
    assert one.other == f'[{rival[0]},{rival[1]},"{rival[2]}"]'


def test_a_span_that_goes_on_where_another_ends_belongs_to_it() -> None:
    one = suspected({ANN: 0.9, (3, 7, "PER"): 0.8})
    assert (one.kind, one.part, one.other) == (
        ErrorKind.SPAN_TOO_SHORT,
        '[0,3,"PER"]',
        '[0,7,"PER"]',
    )


def test_an_improbable_span_without_a_rival_is_surplus() -> None:
    one = suspected({ANN: 0.25})
    assert (one.kind, one.part, one.other) == (ErrorKind.SURPLUS_SPAN, '[0,3,"PER"]', "")
    assert (one.probability, one.given_by) == (0.75, ("ada", "ben"))


def test_a_standing_span_is_no_rival_of_another() -> None:
    one = suspected({ANN: 0.9, (2, 5, "PER"): 0.8}, '[[0,3,"PER"],[2,5,"PER"]]')
    assert (one.kind, one.part) == (ErrorKind.SURPLUS_SPAN, '[2,5,"PER"]')


def test_of_no_spans_that_nobody_knows_of_nothing_is_said() -> None:
    assert suspect_spans(1, "who", "[]", VOTED, {}) is None


def test_a_belief_about_spans_is_read_by_span() -> None:
    assert spans_believed({'[0,3,"PER"]': 0.75}) == {ANN: 0.75}
