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

A belief is the prior of what it lists; see `aggregation.by_type.part_priors`. How votes weigh
against it is then what these two models tell, whichever aggregator people's votes alone have.

Papers:
    G. Tsoumakas and I. Katakis, "Multi-label classification: an overview", IJDWM 3(3), 2007.
    L. Duan et al., "Separate or joint? Estimation of multiple labels from crowdsourced
    annotations", Expert Systems with Applications 41(13), 2014.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Generic

import numpy as np
import pandas as pd

from aggregation.by_type.part_priors import Part, PartPriors
from aggregation.by_type.two_rate import probability_of_yes
from aggregation.classification.bayesian import Fusion
from aggregation.classification.registry import BAYESIAN, ONE_COIN, aggregator
from aggregation.votes import VOTE_COLUMNS
from labeling.mathtypes import Floats


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
    votes: Iterable[tuple[int, Part, str, bool]],
    priors: Mapping[int, PartPriors[Part]],
    *,
    complete: bool,
    method: str,
    seed: int,
) -> defaultdict[int, BinaryConsensus[Part]]:
    """Decide of every part by the votes on it.

    Args:
        votes: Task, part, worker, and whether the worker named it.
        priors: What the model believes of the parts, by task.
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
    believed = _believed(numbers, priors) if priors else None
    probabilities = _probabilities(table, believed, complete, method, seed)
    for (task, part), number in numbers.items():
        probability = probabilities[number]
        decided_by_task[task].probability[part] = probability
        # Rounded, so that sums of equal terms tie whatever the order that they were added in.
        if (round(probability, 9), shares[number]) > (0.5, 0.5):
            decided_by_task[task].accepted.add(part)
    return decided_by_task


def _believed(
    numbers: Iterable[tuple[int, Part]], priors: Mapping[int, PartPriors[Part]]
) -> Floats:
    """Return the a and the b of each part's prior, shape (2, parts)."""
    each = [priors[task].prior(part) if task in priors else (0.0, 1.0) for task, part in numbers]
    return np.array(each).T


def _probabilities(
    table: pd.DataFrame, believed: Floats | None, complete: bool, method: str, seed: int
) -> list[float]:
    if complete and (believed is not None or method in BAYESIAN):
        workers, _ = pd.factorize(table["worker"], sort=True)
        posterior = probability_of_yes(
            table["task"].to_numpy(np.intp), workers, table["label"].to_numpy(np.bool_), believed
        )
        return [float(p) for p in posterior]
    words = table.assign(label=table["label"].map({True: "yes", False: "no"}))
    if believed is not None:
        fixed, free = believed
        prior = fixed + free / 2
        beliefs = {n: {"yes": p, "no": 1.0 - p} for n, p in enumerate(prior.tolist())}
        return [float(p) for p in Fusion(["no", "yes"]).fit(words, beliefs).probas_["yes"]]
    method = ONE_COIN if method in BAYESIAN else method
    probas = aggregator(method, seed=seed).fit(words).probas_
    return [float(p) for p in probas.reindex(columns=["yes"], fill_value=0.0)["yes"]]
