"""Suspected errors among marked spans: ends that are off, wrong labels, one too few or too many.

What is known of a text are spans with their probabilities, accepted and rejected ones. A standing
span is suspect as far as it is itself improbable, or as far as a rival is probable: a span that
overlaps it and is none of the standing ones, or one of the same label that goes on where it ends.
A span that does not stand, and is nobody's rival, is suspected to be missing.
"""

from collections.abc import Mapping, Sequence

from aggregation.label_errors.records import ErrorKind, Suspicion, givers
from labeling.answers.types import Span, canonical_json, spans_of

SpanSuspect = tuple[ErrorKind, Span, Span | None, float]
"""In what way, the suspected span, what is more probable in its place, and how suspect it is."""


def suspect_spans(
    task: int,
    control: str,
    label: str,
    votes: Sequence[tuple[str, str]],
    probable: Mapping[Span, float],
) -> Suspicion | None:
    """Say which span, or which that is lacking, is the most suspect.

    Args:
        task: The task.
        control: The control's name.
        label: The spans that stand.
        votes: Who marked what.
        probable: Probability of each span that is known of, by all that is known.

    Returns:
        The most suspect span; None where nothing is known of any.
    """
    standing = sorted(spans_of(label))
    others = [span for span in sorted(probable) if span not in standing]
    suspects = [
        *(one for span in standing for one in _of_standing(span, others, probable)),
        *(
            (ErrorKind.MISSING_SPAN, span, span, probable[span])
            for span in others
            if not any(_are_rivals(own, span) for own in standing)
        ),
    ]
    if not suspects:
        return None
    kind, span, other, probability = max(suspects, key=lambda one: round(one[3], 9))
    agreed = [who for who, answer in votes if (span in spans_of(answer)) == (span in standing)]
    return Suspicion(
        task=task,
        control=control,
        kind=kind,
        probability=probability,
        label=label,
        part=canonical_json(span),
        other=canonical_json(other) if other else "",
        other_probability=probability if other else 0.0,
        given_by=givers(agreed, votes),
        votes_for=len(agreed),
        votes_against=len(votes) - len(agreed),
    )


def _of_standing(
    span: Span, others: Sequence[Span], probable: Mapping[Span, float]
) -> list[SpanSuspect]:
    """Return in what ways a standing span is suspect."""
    found: list[SpanSuspect] = [
        (_kind_of(span, instead), span, instead, probable[rival])
        for rival in others
        if _are_rivals(span, rival)
        for instead in [_joined(span, rival) if _goes_on(span, rival) else rival]
    ]
    if span in probable:
        found.append((ErrorKind.SURPLUS_SPAN, span, None, 1 - probable[span]))
    return found


def _kind_of(span: Span, instead: Span) -> ErrorKind:
    if span[2] != instead[2]:
        return ErrorKind.SPAN_LABEL
    is_longer = instead[1] - instead[0] > span[1] - span[0]
    return ErrorKind.SPAN_TOO_SHORT if is_longer else ErrorKind.SPAN_TOO_LONG


def _are_rivals(one: Span, other: Span) -> bool:
    return (one[0] < other[1] and other[0] < one[1]) or _goes_on(one, other)


def _goes_on(one: Span, other: Span) -> bool:
    return one[2] == other[2] and (one[1] == other[0] or other[1] == one[0])


def _joined(one: Span, other: Span) -> Span:
    return min(one[0], other[0]), max(one[1], other[1]), one[2]


def spans_believed(distribution: Mapping[str, float]) -> dict[Span, float]:
    """Read a belief about spans: each by its JSON text.

    Args:
        distribution: The probability of each, by the span as JSON.

    Returns:
        The probability of each span.
    """
    spans = spans_of(f"[{','.join(distribution)}]") if distribution else []
    return dict(zip(spans, distribution.values(), strict=True))
