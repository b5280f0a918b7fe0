"""`REGIONS`: what is said of each span of a text, agreed upon by those who marked it.

Each span is an item of its own, and what is said of it a vote of the inner type: a worker who
did not mark a span has no say in it, and all of a worker's votes, on whichever span, tell of
the same worker. Whether there is such a span at all is not decided here; it is what `SPANS` are
for, and `settled` lays votes on what was decided there.

So it is with beliefs: what the model says of a span, and how sure it is of that, is a belief of the
inner type about that span. Of a span that nobody else speaks of, its word is all there is.
"""

from collections.abc import Mapping
from dataclasses import replace
from math import prod
from typing import TypeVar

import pandas as pd

from aggregation.beliefs import Belief
from aggregation.by_type.base import Beliefs, TypeAggregator, TypeConsensus
from aggregation.classification.worker_models import GUESS
from aggregation.votes import VOTE_COLUMNS
from labeling.answers.types import Span, canonical_json, canonical_regions, regions_of, spans_of

Place = tuple[int, Span]
"""A task and a span of its text."""
Said = TypeVar("Said")


class Regions(TypeAggregator):
    """What is said of each span that anybody speaks of.

    `confidence_` is the product over a task's spans, as if they were independent; it is that of
    the inner type given the spans.

    Args:
        of_each: Aggregates what is said of a span; not fitted yet.

    Attributes:
        marginals_: How sure it is what is said of each span, by task and span; after `fit`.

    Examples:
        >>> from aggregation.by_type.classes import Classes
        >>> import pandas as pd
        >>> votes = pd.DataFrame(
        ...     [
        ...         (1, "ann", '[[0,5,"PER","good"]]'),
        ...         (1, "bob", '[[0,5,"PER","good"]]'),
        ...         (1, "cyd", '[[0,5,"PER","bad"]]'),
        ...     ],
        ...     columns=["task", "worker", "label"],
        ... )
        >>> Regions(Classes(method="bayesian-one-coin")).fit(votes).labels_.to_dict()
        {1: '[[0,5,"PER","good"]]'}
    """

    marginals_: dict[int, dict[Span, float]]

    def __init__(self, of_each: TypeAggregator) -> None:
        self._of_each = of_each

    def _agree(self, ballots: pd.DataFrame, beliefs: Beliefs) -> TypeConsensus:
        votes, places = by_region(ballots)
        tasks = sorted({int(task) for task in ballots["task"]})
        answers: dict[int, dict[Span, str]] = {task: {} for task in tasks}
        self.marginals_ = {task: {} for task in tasks}
        believed = {
            (task, span): Belief(answer, probability, calibrated=True)
            for task, one in beliefs.items()
            for span, (answer, probability) in _said_of(one).items()
        }
        for (task, span), one in believed.items():
            answers[task][span], self.marginals_[task][span] = one.label, one.confidence
        skills: dict[str, float] = {}
        if places:
            numbers = {place: number for number, place in enumerate(places)}
            about = {numbers[place]: one for place, one in believed.items() if place in numbers}
            fitted = self._of_each.fit(votes, about)
            skills = {str(worker): float(skill) for worker, skill in fitted.skills_.items()}
            for number, (task, span) in enumerate(places):
                answers[task][span] = str(fitted.labels_[number])
                self.marginals_[task][span] = float(fitted.confidence_[number])
        # Who spoke of no span is as good as the others are on average.
        mean = sum(skills.values()) / len(skills) if skills else GUESS
        return TypeConsensus(
            {task: canonical_regions(own) for task, own in answers.items()},
            {task: prod(own.values()) for task, own in self.marginals_.items()},
            {worker: skills.get(worker, mean) for worker in sorted(set(ballots["worker"]))},
        )


def by_region(votes: pd.DataFrame) -> tuple[pd.DataFrame, list[Place]]:
    """Take votes apart: what each worker says of each span.

    Args:
        votes: Answers of `REGIONS`, `task, worker, label`.

    Returns:
        Votes of the inner type, in which `task` is the number of a span, and the spans.

    Raises:
        AnswerError: A label is no answer of `REGIONS`.
    """
    numbers: dict[Place, int] = {}
    rows = [
        (numbers.setdefault((int(task), span), len(numbers)), worker, inner)
        for task, worker, answer in votes[list(VOTE_COLUMNS)].itertuples(index=False)
        for span, inner in regions_of(answer).items()
    ]
    return pd.DataFrame(rows, columns=list(VOTE_COLUMNS)), list(numbers)


def settled(votes: pd.DataFrame, marked: "pd.Series[str]") -> pd.DataFrame:
    """Lay votes on the spans that it was settled there are.

    A worker says of each span what they said of their own one that shares most characters with
    it, and its label.

    Args:
        votes: Answers of `REGIONS`, `task, worker, label`.
        marked: Answers of `SPANS`, by task.

    Returns:
        The votes, each about the spans that are marked.
    """
    spans = _spans_by_task(marked)
    labels = [
        canonical_regions(_laid(regions_of(answer), spans.get(int(task), [])))
        for task, answer in zip(votes["task"], votes["label"], strict=True)
    ]
    return votes.assign(label=pd.Series(labels, index=votes.index, dtype="str"))


def settled_beliefs(beliefs: Beliefs, marked: "pd.Series[str]") -> dict[int, Belief]:
    """Lay beliefs on the spans that it was settled there are, as `settled` does with votes.

    Args:
        beliefs: What is believed of answers of `REGIONS`, by task.
        marked: Answers of `SPANS`, by task.

    Returns:
        The beliefs, each about the spans that are marked.
    """
    spans = _spans_by_task(marked)
    laid = {}
    for task, one in beliefs.items():
        own = _laid(_said_of(one), spans.get(task, []))
        answers = {span: answer for span, (answer, _) in own.items()}
        each = {canonical_json([*span, answer]): p for span, (answer, p) in own.items()}
        laid[task] = replace(one, label=canonical_regions(answers), distribution=each)
    return laid


def _spans_by_task(marked: "pd.Series[str]") -> dict[int, list[Span]]:
    return {int(str(task)): spans_of(answer) for task, answer in marked.items()}


def _said_of(belief: Belief) -> dict[Span, tuple[str, float]]:
    """Return what the model says of each span, and how sure it is of that."""
    return {
        span: (answer, probability)
        for key, probability in belief.distribution.items()
        for span, answer in regions_of(f"[{key}]").items()
    }


def _laid(regions: Mapping[Span, Said], spans: list[Span]) -> dict[Span, Said]:
    """Return what is said of the own span that is nearest to each span, where any is near."""
    laid = {}
    for span in spans:
        near = sorted(regions, key=lambda own: (-_shared(own, span), own))
        if near and _shared(near[0], span) > 0:
            laid[span] = regions[near[0]]
    return laid


def _shared(one: Span, other: Span) -> int:
    """Count the characters that two spans of one label share."""
    return min(one[1], other[1]) - max(one[0], other[0]) if one[2] == other[2] else 0
