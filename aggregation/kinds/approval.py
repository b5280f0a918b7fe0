"""Answers of several parts, a part at a time: is it one of them, yes or no?

A set of labels, the places of a tree and the spans of a text are answers of parts. Every part that
a task's answer may have becomes an item of its own, on which whoever answered the task voted `yes`
by naming it and `no` by not naming it: binary relevance (Tsoumakas and Katakis 2007; for crowds
Duan et al. 2014). All of a worker's votes tell of the same worker, whichever part they are about,
so the items are aggregated together; one-coin accuracies are then of naming parts rightly.

Papers:
    G. Tsoumakas and I. Katakis, "Multi-label classification: an overview", IJDWM 3(3), 2007.
    L. Duan et al., "Separate or joint? Estimation of multiple labels from crowdsourced
    annotations", Expert Systems with Applications 41(13), 2014.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

import pandas as pd

from aggregation.truth import aggregator
from aggregation.votes import VOTE_COLUMNS

Part = TypeVar("Part", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Approval(Generic[Part]):
    """Which parts of one task's answer hold.

    Attributes:
        probability: Probability that a part belongs to the answer, by part, in the order given.
        approved: The parts that more probably do; with equal probabilities, the votes decide, and
            where they tie too, a part does not.
    """

    probability: dict[Part, float] = field(default_factory=dict)
    approved: set[Part] = field(default_factory=set)

    def surety(self, part: Part) -> float:
        """Give the probability that what was decided of a part is right."""
        probability = self.probability[part]
        return probability if part in self.approved else 1.0 - probability


def approve(
    votes: Iterable[tuple[int, Part, str, bool]], *, method: str, seed: int
) -> defaultdict[int, Approval[Part]]:
    """Decide of every part by the votes on it.

    Args:
        votes: Task, part, worker, and whether the worker named it.
        method: The aggregator of the yes and no votes; see `aggregation.truth.METHODS`.
        seed: Its seed.

    Returns:
        What was decided, by task; nothing, of a task that has no parts.
    """
    approvals: defaultdict[int, Approval[Part]] = defaultdict(Approval)
    numbers: dict[tuple[int, Part], int] = {}
    rows = [
        (numbers.setdefault((task, part), len(numbers)), worker, "yes" if named else "no")
        for task, part, worker, named in votes
    ]
    if not rows:
        return approvals
    fitted = aggregator(method, seed=seed).fit(pd.DataFrame(rows, columns=list(VOTE_COLUMNS)))
    if "yes" in fitted.probas_:
        yes = fitted.probas_["yes"].to_dict()
    else:
        yes = dict.fromkeys(numbers.values(), 0.0)
    labels = fitted.labels_.to_dict()
    for (task, part), number in numbers.items():
        approvals[task].probability[part] = float(yes[number])
        if labels[number] == "yes":
            approvals[task].approved.add(part)
    return approvals
