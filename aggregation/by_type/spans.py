"""`SPANS`: marked spans of a text, agreed upon piece by piece or span by span.

Approaches, by name:

- `pieces`: every end of a span that anybody marked cuts the text, and each piece between two cuts
  is a yes/no item for each label; see `aggregation.by_type.segments`. Spans that differ by a word
  at their ends still agree on the rest.
- `whole`: every span that anybody marked is a yes/no item; of accepted ones of the same label that
  overlap, the more probable one is kept. Right where spans cannot be misjudged by a little, as
  where words are clicked one at a time.

`pieces` is what is done unless told otherwise: with annotators who miss spans, make some up and end
some a little off, it comes nearer to the truth (see the simulation in the tests). Both are without
the Markov chains of Rodrigues et al. (2014) and Nguyen et al. (2017), which a few votes a text
cannot feed.

By a Bayesian aggregator, a piece is decided with all its labels at once, since who knows that there
is something may still take one label for another; see `aggregation.by_type.pieces`. So it is where
the model's belief is given, whatever the method.

A span that only the model names is cut into pieces like any other, and whoever answered without
naming it speaks against it.

Papers:
    F. Rodrigues, F. Pereira and B. Ribeiro, "Sequence labeling with multiple annotators", Machine
    Learning 95(2), 2014.
    A. T. Nguyen et al., "Aggregating and predicting sequence labels from crowd annotations", ACL
    2017.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from itertools import pairwise
from math import prod

import pandas as pd

from aggregation.by_type.base import (
    Beliefs,
    TypeAggregator,
    TypeConsensus,
    skills_by_similarity,
)
from aggregation.by_type.binary import BinaryConsensus, binary_consensus
from aggregation.by_type.part_priors import PartPriors, of_spans
from aggregation.by_type.pieces import Marked, decide_pieces
from aggregation.by_type.segments import Piece, cuts_of, merged, pieces_of, runs
from aggregation.classification.registry import BAYESIAN
from labeling.answers.similarity import similarity
from labeling.answers.types import AnswerType, Span, canonical_json, spans_of
from labeling.errors import SettingsError

APPROACHES = ("pieces", "whole")

Priors = Mapping[int, PartPriors[Span]]
Found = tuple[list[Span], dict[Span, float], float]
"""A task's spans, the probabilities of those and of rejected ones, and the confidence in all."""


class Spans(TypeAggregator):
    """The spans of each text.

    Every decision, for a span and against one, is right with its own probability; `confidence_` is
    their product, as if they were independent.

    Args:
        approach: One of `APPROACHES`; see above.
        method: The aggregator of the yes and no votes; see
            `aggregation.classification.registry.METHODS`.
        seed: Its seed.

    Attributes:
        marginals_: Probability of each span, by task and span, rejected ones too; after `fit`.

    Raises:
        SettingsError: There is no such approach.

    Examples:
        >>> import pandas as pd
        >>> votes = pd.DataFrame(
        ...     [
        ...         (1, "ann", '[[0,5,"PER"]]'),
        ...         (1, "bob", '[[0,5,"PER"]]'),
        ...         (1, "cyd", '[[0,9,"PER"]]'),
        ...     ],
        ...     columns=["task", "worker", "label"],
        ... )
        >>> Spans(method="bayesian-one-coin").fit(votes).labels_.to_dict()
        {1: '[[0,5,"PER"]]'}
    """

    marginals_: dict[int, dict[Span, float]]

    def __init__(self, approach: str = "pieces", *, method: str, seed: int = 0) -> None:
        if approach not in APPROACHES:
            raise SettingsError(
                f"There is no way {approach!r} of aggregating spans",
                hint=f"Choose one of {', '.join(APPROACHES)}.",
            )
        self._find = _by_pieces if approach == "pieces" else _whole
        self._method = method
        self._seed = seed

    def _agree(self, ballots: pd.DataFrame, beliefs: Beliefs) -> TypeConsensus:
        marked: dict[int, list[tuple[str, list[Span]]]] = {}
        for task, worker, answer in ballots.itertuples(index=False):
            marked.setdefault(int(task), []).append((worker, spans_of(answer)))
        found = self._find(marked, of_spans(beliefs), self._method, self._seed)
        self.marginals_ = {task: marginals for task, (_, marginals, _) in found.items()}
        labels = {task: canonical_json(spans) for task, (spans, _, _) in found.items()}
        confidence = {task: sure for task, (_, _, sure) in found.items()}
        skills = skills_by_similarity(ballots, labels, partial(similarity, AnswerType.SPANS))
        return TypeConsensus(labels, confidence, skills)


def _whole(marked: Marked, priors: Priors, method: str, seed: int) -> dict[int, Found]:
    def votes() -> Iterator[tuple[int, Span, str, bool]]:
        for task, answers in marked.items():
            every = sorted({span for spans in _known(answers, priors.get(task)) for span in spans})
            for worker, spans in answers:
                yield from ((task, span, worker, span in spans) for span in every)

    decided_by_task = binary_consensus(votes(), priors, complete=False, method=method, seed=seed)
    return {task: _drop_overlaps(decided_by_task[task]) for task in marked}


def _drop_overlaps(consensus: BinaryConsensus[Span]) -> Found:
    """Keep the most probable of accepted spans that overlap."""
    kept: list[Span] = []
    for span in sorted(
        consensus.accepted, key=lambda span: (-round(consensus.probability[span], 9), span)
    ):
        if not any(_overlap(span, other) for other in kept):
            kept.append(span)
    # What gives way to a kept span is decided with it.
    decided = [
        span
        for span in consensus.probability
        if span in kept or not any(_overlap(span, other) for other in kept)
    ]
    return sorted(kept), consensus.probability, prod(map(consensus.confidence_of, decided))


def _overlap(one: Span, other: Span) -> bool:
    return one[2] == other[2] and one[0] < other[1] and other[0] < one[1]


def _known(
    answers: Sequence[tuple[str, Sequence[Span]]], prior: PartPriors[Span] | None
) -> list[Sequence[Span]]:
    """List the spans of each who answered, and those that the model speaks of."""
    known = [spans for _, spans in answers]
    return [*known, sorted(prior.spoken_of)] if prior else known


def _by_pieces(marked: Marked, priors: Priors, method: str, seed: int) -> dict[int, Found]:
    decided: Mapping[int, BinaryConsensus[Piece]]
    if priors or method in BAYESIAN:
        decided = decide_pieces(marked, priors)
    else:
        decided = _label_by_label(marked, method, seed)
    return {
        task: _join_pieces(decided[task], _known(answers, priors.get(task)))
        for task, answers in marked.items()
    }


def _label_by_label(marked: Marked, method: str, seed: int) -> Mapping[int, BinaryConsensus[Piece]]:
    labels = sorted({span[2] for answers in marked.values() for _, own in answers for span in own})

    def votes() -> Iterator[tuple[int, Piece, str, bool]]:
        for task, answers in marked.items():
            cuts = cuts_of([spans for _, spans in answers])
            # What nobody marked counts too: all agree on it, and that tells how good they are.
            every = [(start, end, x) for start, end in pairwise(cuts) for x in labels]
            for worker, spans in answers:
                own = pieces_of([spans], cuts)
                yield from ((task, piece, worker, piece in own) for piece in every)

    return binary_consensus(votes(), {}, complete=True, method=method, seed=seed)


def _join_pieces(consensus: BinaryConsensus[Piece], answers: Sequence[Sequence[Span]]) -> Found:
    """Make spans of accepted pieces; each run of pieces is as sure as its least sure piece."""
    spans = merged(consensus.accepted, answers)
    voted = pieces_of(answers, cuts_of(answers))
    rejected = runs(voted - consensus.accepted)
    sure = {
        (group[0][0], group[-1][1], group[0][2]): min(map(consensus.confidence_of, group))
        for group in [*spans, *rejected]
    }
    kept = sorted((group[0][0], group[-1][1], group[0][2]) for group in spans)
    marginals = {span: p if span in kept else 1.0 - p for span, p in sorted(sure.items())}
    return kept, marginals, prod(sure.values())
