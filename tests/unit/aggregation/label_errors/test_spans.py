"""Spans are suspected of wrong ends, of a wrong label, of one too many or one too few."""

import pytest

from aggregation.label_errors.records import ErrorKind, Suspicion
from aggregation.label_errors.spans import share_found, spans_believed, suspect_spans
from labeling.answers.types import Span

ANN, VOTED = (0, 3, "PER"), [("ada", '[[0,3,"PER"]]'), ("ben", '[[0,3,"PER"]]')]


def suspected(believed: dict[Span, float], by_votes: dict[Span, float]) -> Suspicion:
    found = suspect_spans(1, "who", '[[0,3,"PER"]]', VOTED, by_votes, believed, found=0.8)
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
def test_what_the_model_marks_instead_says_in_what_way_a_span_is_wrong(
    rival: Span, kind: ErrorKind
) -> None:
    believed = {rival: 0.95} | ({ANN: 0.9} if kind is ErrorKind.MISSING_SPAN else {})
    one = suspected(believed, {ANN: 0.6})
    assert one.kind == kind
    assert one.other == f'[{rival[0]},{rival[1]},"{rival[2]}"]'
    assert one.probability > 0.5


def test_a_span_that_nobody_else_marks_is_surplus() -> None:
    one = suspected({}, {ANN: 0.4})
    assert (one.kind, one.part, one.other) == (ErrorKind.SURPLUS_SPAN, '[0,3,"PER"]', "")
    assert one.given_by == ("ada", "ben")


def test_a_span_that_all_mark_is_hardly_suspected() -> None:
    assert suspected({ANN: 0.9}, {ANN: 0.95}).probability < 0.05


def test_the_models_silence_counts_for_little_where_it_misses_much() -> None:
    silent = [
        suspect_spans(1, "who", '[[0,3,"PER"]]', VOTED, {ANN: 0.9}, {}, found)
        for found in (0.1, 0.9)
    ]
    assert silent[0]
    assert silent[1]
    assert silent[0].probability < 0.2 < silent[1].probability


def test_how_much_the_model_finds_is_learned_from_the_standing_spans() -> None:
    standing = dict.fromkeys(range(9), '[[0,3,"PER"]]')
    believed = {task: ({ANN: 0.9} if task < 6 else {}) for task in range(9)}
    assert share_found(standing, believed) == pytest.approx(0.6)
    assert share_found(standing, {}) == 0


def test_a_belief_about_spans_is_read_by_span() -> None:
    assert spans_believed({'[0,3,"PER"]': 0.75}) == {ANN: 0.75}
