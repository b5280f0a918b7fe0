"""Answers of several parts, a part at a time: is it one of them, yes or no?

A set of labels, the places of a tree and the spans of a text are answers of parts. Every part that
a task's answer may have becomes an item of its own, on which whoever answered the task votes yes by
naming it and no by not naming it: binary relevance (Tsoumakas and Katakis 2007; for crowds Duan et
al. 2014).

All of a worker's votes tell of the same worker, whichever part they are about, so all items are
aggregated together.

Where the parts that nobody named are items too, Bayesian aggregators take their two-coin form,
since to miss a part and to make one up are mistakes of their own: `aggregation.by_type.two_rate`.
Where only named parts are known, the items were chosen by their votes: how seldom people make
something up cannot be seen in them, and one accuracy a worker is as much as they bear.

Papers:
    G. Tsoumakas and I. Katakis, "Multi-label classification: an overview", IJDWM 3(3), 2007.
    L. Duan et al., "Separate or joint? Estimation of multiple labels from crowdsourced
    annotations", Expert Systems with Applications 41(13), 2014.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

import numpy as np
import pandas as pd

from aggregation.by_type.two_rate import probability_of_yes
from aggregation.classification.registry import BAYESIAN, ONE_COIN, aggregator
from aggregation.votes import VOTE_COLUMNS

Part = TypeVar("Part", bound=Hashable)


@dataclass(frozen=True, slots=True)
class BinaryConsensus(Generic[Part]):
    """Which parts of one task's answer hold.

    Attributes:
        probability: Probability that a part belongs to the answer, by part, in the order given.
        accepted: The parts that more probably do; with equal probabilities, the votes decide, and
            where they tie too, a part does not.
    """

    probability: dict[Part, float] = field(default_factory=dict)
    accepted: set[Part] = field(default_factory=set)

    def confidence_of(self, part: Part) -> float:
        """Return the probability that what was decided of a part is right."""
        probability = self.probability[part]
        return probability if part in self.accepted else 1.0 - probability


def binary_consensus(
    votes: Iterable[tuple[int, Part, str, bool]], *, complete: bool, method: str, seed: int
) -> defaultdict[int, BinaryConsensus[Part]]:
    """Decide of every part by the votes on it.

    Args:
        votes: Task, part, worker, and whether the worker named it.
        complete: Whether parts that nobody named are among them, so far as there are any.
        method: The aggregator of the yes and no votes; see
            `aggregation.classification.registry.METHODS`.
        seed: Its seed.

    Returns:
        What was decided, by task; nothing, of a task that has no parts.
    """
    decided_by_task: defaultdict[int, BinaryConsensus[Part]] = defaultdict(BinaryConsensus)
    numbers: dict[tuple[int, Part], int] = {}
    rows = [
        (numbers.setdefault((task, part), len(numbers)), worker, named)
        for task, part, worker, named in votes
    ]
    if not rows:
        return decided_by_task
    table = pd.DataFrame(rows, columns=list(VOTE_COLUMNS))
    shares = table.groupby("task")["label"].mean().tolist()
    probabilities = _probabilities(table, complete, method, seed)
    for (task, part), number in numbers.items():
        probability = probabilities[number]
        decided_by_task[task].probability[part] = probability
        # Rounded, so that sums of equal terms tie whatever the order that they were added in.
        if (round(probability, 9), shares[number]) > (0.5, 0.5):
            decided_by_task[task].accepted.add(part)
    return decided_by_task


def _probabilities(table: pd.DataFrame, complete: bool, method: str, seed: int) -> list[float]:
    if complete and method in BAYESIAN:
        workers, _ = pd.factorize(table["worker"], sort=True)
        posterior = probability_of_yes(
            table["task"].to_numpy(np.intp), workers, table["label"].to_numpy(np.bool_)
        )
        return [float(p) for p in posterior]
    words = table.assign(label=table["label"].map({True: "yes", False: "no"}))
    method = ONE_COIN if method in BAYESIAN else method
    probas = aggregator(method, seed=seed).fit(words).probas_
    return [float(p) for p in probas.reindex(columns=["yes"], fill_value=0.0)["yes"]]
