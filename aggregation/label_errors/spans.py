"""Suspected errors among marked spans: ends that are off, wrong labels, one too few or too many.

People's votes and the model each say how probable a span is. A span that stands competes with each
other one that overlaps it: of the two, one at most is right. A span that stands without a rival is
suspected by what is said of it alone; a span that does not stand, and overlaps none that does, is
suspected to be missing.

The model marks only part of what people mark, so that it leaves a span out says something only as
far as it seldom does: where it finds a share r of the spans that stand, its silence multiplies the
odds of a span by 1 - r.
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain

from aggregation.label_errors.evidence import TINY, fused
from aggregation.label_errors.records import ErrorKind, Suspicion
from labeling.answers.types import Span, canonical_json, spans_of


def share_found(standing: Mapping[int, str], believed: Mapping[int, Mapping[Span, float]]) -> float:
    """Return the share of the standing spans that the model marks as they are, shrunk towards 0.

    Args:
        standing: The answers that stand, by task.
        believed: The spans that the model marked, by task; tasks that it did not answer are absent.

    Returns:
        The share, in [0, 1).
    """
    spans = [
        (task, span)
        for task, label in standing.items()
        if task in believed
        for span in spans_of(label)
    ]
    found = sum(span in believed[task] for task, span in spans)
    return found / (len(spans) + 1)


def suspect_spans(
    task: int,
    control: str,
    label: str,
    votes: Sequence[tuple[str, str]],
    by_votes: Mapping[Span, float],
    believed: Mapping[Span, float] | None,
    found: float,
) -> Suspicion | None:
    """Say which span, or which that is lacking, is the most suspect.

    Args:
        task: The task.
        control: The control's name.
        label: The spans that stand.
        votes: Who marked what.
        by_votes: Probability by votes alone of each span that anybody marked.
        believed: The same by the model, out of fold; None: it did not answer.
        found: See `share_found`.

    Returns:
        The most suspect span; None where no span is known.
    """
    standing = set(spans_of(label))
    known = {*standing, *by_votes, *(believed or {})}
    probable = {span: _probable(span, by_votes, believed, found) for span in known}
    suspects = [
        *(_of_standing(span, standing, probable) for span in sorted(standing)),
        *(
            (ErrorKind.MISSING_SPAN, span, span, probable[span])
            for span in sorted(known - standing)
            if not any(_overlap(span, other) for other in standing)
        ),
    ]
    if not suspects:
        return None
    kind, span, other, probability = max(suspects, key=lambda one: round(one[3], 9))
    marked = {worker: span in spans_of(answer) for worker, answer in votes}
    agreed = tuple(worker for worker, has in marked.items() if has == (span in standing))
    return Suspicion(
        task=task,
        control=control,
        kind=kind,
        probability=probability,
        label=label,
        part=canonical_json(span),
        other=canonical_json(other) if other else "",
        other_probability=probable[other] if other else 0.0,
        given_by=agreed or ("model",) * (not votes),
        votes_for=len(agreed),
        votes_against=len(marked) - len(agreed),
    )


def _probable(
    span: Span, by_votes: Mapping[Span, float], believed: Mapping[Span, float] | None, found: float
) -> float:
    if believed is None:
        return by_votes.get(span, 0.5)
    if span in believed:
        return fused(by_votes.get(span, 0.5), believed[span])
    silence = (1 - found) / (2 - found)  # as a probability, of even odds that are multiplied
    return fused(by_votes.get(span, 0.5), silence)


def _of_standing(
    span: Span, standing: Iterable[Span], probable: Mapping[Span, float]
) -> tuple[ErrorKind, Span, Span | None, float]:
    """Return in what way a standing span is suspect, its likeliest rival, and how suspect it is."""
    stays = set(standing)
    rivals = [other for other in probable if other not in stays and _overlap(span, other)]
    if not rivals:
        return ErrorKind.SURPLUS_SPAN, span, None, 1 - probable[span]
    rival = max(sorted(rivals), key=lambda other: round(probable[other], 9))
    own, its = (_odds(probable[one]) for one in (span, rival))
    # One of the two is right, or neither is.
    return _kind_of(span, rival), span, rival, (its + 1) / (own + its + 1)


def _kind_of(span: Span, rival: Span) -> ErrorKind:
    if span[:2] == rival[:2] or span[2] != rival[2]:
        return ErrorKind.SPAN_LABEL
    is_longer = rival[1] - rival[0] > span[1] - span[0]
    return ErrorKind.SPAN_TOO_SHORT if is_longer else ErrorKind.SPAN_TOO_LONG


def _odds(probability: float) -> float:
    inside = min(max(probability, TINY), 1 - TINY)
    return inside / (1 - inside)


def _overlap(one: Span, other: Span) -> bool:
    return one[0] < other[1] and other[0] < one[1]


def spans_believed(distribution: Mapping[str, float]) -> dict[Span, float]:
    """Read a belief about spans: each by its JSON text.

    Args:
        distribution: The probability of each, by the span as JSON.

    Returns:
        The probability of each span.
    """
    spans = spans_of(f"[{','.join(distribution)}]") if distribution else []
    return dict(zip(spans, chain(distribution.values()), strict=True))
