"""Pieces of texts, decided with all their labels at once; see `aggregation.by_type.confusion`.

A piece's class is the set of labels that it has, mostly none or one. Pieces on which the same
workers said the same, and the model too, are alike whichever text they are of, so they are counted
rather than kept apart; most of them nobody marked.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from aggregation.by_type.binary import BinaryConsensus
from aggregation.by_type.confusion import ClassVotes, class_probabilities
from aggregation.by_type.part_priors import PartPriors
from aggregation.by_type.segments import Piece, cuts_of
from aggregation.classification.numbered_votes import NumberedVotes
from labeling.answers.types import Span
from labeling.mathtypes import Floats

Marked = Mapping[int, Sequence[tuple[str, Sequence[Span]]]]
"""Who marked what, by task."""

Labels = frozenset[str]
NO_LABEL: Labels = frozenset()


@dataclass(frozen=True, slots=True)
class PieceKind:
    """Pieces that nothing tells apart.

    Attributes:
        workers: Who judged them.
        said: What each of them says, a set of labels.
        believed: The model's probability of each label that it speaks of, by label.
        nothing: Its probability that they have none, where it speaks of the text and not of them.
    """

    workers: tuple[str, ...]
    said: tuple[Labels, ...]
    believed: tuple[tuple[str, float], ...] = ()
    nothing: float = 0.0


@dataclass(frozen=True, slots=True)
class _Kinds:
    """The kinds of all pieces, and which piece is of which."""

    numbers: dict[PieceKind, int] = field(default_factory=dict)
    cuts: dict[int, list[int]] = field(default_factory=dict)
    pieces: dict[int, list[int]] = field(default_factory=dict)

    def add(
        self,
        task: int,
        answers: Sequence[tuple[str, Sequence[Span]]],
        prior: PartPriors[Span] | None,
    ) -> None:
        """Sort a text's pieces."""
        listed = prior.spoken_of if prior else {}
        cuts = cuts_of([*(spans for _, spans in answers), [*listed]])
        workers = tuple(worker for worker, _ in answers)
        said = zip(*(_labels_of(spans, cuts) for _, spans in answers), strict=True)
        believed = _probabilities_of(listed, cuts)
        silent = prior.confidence if prior else 0.0
        self.cuts[task] = cuts
        self.pieces[task] = [
            self.numbers.setdefault(
                PieceKind(workers, own, known, 0.0 if known else silent), len(self.numbers)
            )
            for own, known in zip(said, believed, strict=True)
        ]


def decide_pieces(
    marked: Marked, priors: Mapping[int, PartPriors[Span]]
) -> dict[int, BinaryConsensus[Piece]]:
    """Decide which labels each piece has: the most probable class, of equal ones the smallest.

    Args:
        marked: Who marked what, by task; a text is cut where anybody, or the model, begins or ends
            a span.
        priors: What the model believes of the spans, by task.

    Returns:
        What was decided of every piece and each label that anybody, or the model, gives it, by
        task.
    """
    kinds = _Kinds()
    for task, answers in marked.items():
        kinds.add(task, answers, priors.get(task))
    if not kinds.numbers:
        return {task: BinaryConsensus() for task in marked}
    labels, classes = _classes_of(kinds.numbers)
    counts = np.bincount([number for own in kinds.pieces.values() for number in own])
    votes = _votes(kinds.numbers, labels, classes, counts.astype(np.float64))
    posterior = class_probabilities(votes)
    # Rounded, so that sums of equal terms tie whatever the order that they were added in.
    best = posterior.round(9).argmax(axis=1)
    outcomes = [
        _outcome(kind, row, chosen)
        for kind, row, chosen in zip(
            kinds.numbers,
            [dict(zip(labels, row, strict=True)) for row in (posterior @ votes.members.T).tolist()],
            [classes[number] for number in best],
            strict=True,
        )
    ]
    return {
        task: _joined(kinds.cuts[task], [outcomes[number] for number in kinds.pieces[task]])
        for task in marked
    }


def _labels_of(spans: Sequence[Span], cuts: Sequence[int]) -> list[Labels]:
    """Return the labels that somebody gives each piece."""
    at = {cut: number for number, cut in enumerate(cuts)}
    labels = [NO_LABEL] * (len(cuts) - 1)
    for start, end, label in spans:
        for number in range(at[start], at[end]):
            labels[number] = labels[number] | {label}
    return labels


def _probabilities_of(
    listed: Mapping[Span, float], cuts: Sequence[int]
) -> list[tuple[tuple[str, float], ...]]:
    """Return how probable the model makes labels of each piece, by the likeliest span over it."""
    at = {cut: number for number, cut in enumerate(cuts)}
    believed: list[dict[str, float]] = [{} for _ in cuts[1:]]
    for (start, end, label), probability in sorted(listed.items()):
        for own in believed[at[start] : at[end]]:
            own[label] = max(probability, own.get(label, 0.0))
    return [tuple(sorted(own.items())) for own in believed]


def _classes_of(kinds: Mapping[PieceKind, int]) -> tuple[list[str], list[Labels]]:
    """Return all labels, and all sets of them that occur, the empty one first."""
    named = {own for kind in kinds for own in kind.said}
    believed = {label for kind in kinds for label, _ in kind.believed}
    labels = sorted(believed.union(*named))
    classes = named | {NO_LABEL} | {frozenset([label]) for label in labels}
    return labels, sorted(classes, key=lambda own: (len(own), sorted(own)))


def _votes(
    kinds: Mapping[PieceKind, int],
    labels: Sequence[str],
    classes: Sequence[Labels],
    weights: Floats,
) -> ClassVotes:
    class_numbers = {own: number for number, own in enumerate(classes)}
    label_numbers = {label: number for number, label in enumerate(labels)}
    names = sorted({worker for kind in kinds for worker in kind.workers})
    worker_numbers = {worker: number for number, worker in enumerate(names)}
    each = [
        (number, worker_numbers[worker], class_numbers[own])
        for kind, number in kinds.items()
        for worker, own in zip(kind.workers, kind.said, strict=True)
    ]
    items, workers, named = np.array(each, dtype=np.intp).T
    believed = np.full((len(kinds), len(labels)), np.nan)
    for kind, number in kinds.items():
        for label, probability in kind.believed:
            believed[number, label_numbers[label]] = probability
    return ClassVotes(
        NumberedVotes(items, workers, named, (len(kinds), len(names), len(classes))),
        weights,
        np.array([[label in own for own in classes] for label in labels], dtype=np.bool_).reshape(
            len(labels), len(classes)
        ),
        believed,
        np.array([kind.nothing for kind in kinds]),
    )


def _outcome(
    kind: PieceKind, probability: Mapping[str, float], chosen: Labels
) -> tuple[dict[str, float], Labels]:
    """Return the probability of each label that is in question, and those that were chosen."""
    in_question = chosen.union(*kind.said, (label for label, _ in kind.believed))
    return {label: min(1.0, probability[label]) for label in sorted(in_question)}, chosen


def _joined(
    cuts: Sequence[int], outcomes: Sequence[tuple[Mapping[str, float], Labels]]
) -> BinaryConsensus[Piece]:
    """Put a text's pieces side by side."""
    joined: BinaryConsensus[Piece] = BinaryConsensus()
    for start, end, (probability, chosen) in zip(cuts, cuts[1:], outcomes, strict=False):
        joined.probability.update({(start, end, x): p for x, p in probability.items()})
        joined.accepted.update((start, end, x) for x in chosen)
    return joined
