"""`SET`: any labels of a closed set, each of them decided by itself."""

from collections.abc import Sequence
from functools import partial
from math import prod

import pandas as pd

from aggregation.by_type.base import (
    Beliefs,
    TypeAggregator,
    TypeConsensus,
    skills_by_similarity,
)
from aggregation.by_type.binary import binary_consensus
from aggregation.by_type.part_priors import of_sets
from labeling.answers.similarity import similarity
from labeling.answers.types import AnswerType, canonical_json, strings_of


class Sets(TypeAggregator):
    """A set of labels a task, every label a yes/no item; see `aggregation.by_type.binary`.

    Labels are taken to be independent of each other given the votes, so that a set is right with
    probability Π_l p_l over its labels times Π_l (1 - p_l) over the others. Where labels in truth
    go together, this is cautious. Sets that nobody answered can come out, as they should: of
    [a, b], [b, c] and [a, c], each label has two votes of three.

    Args:
        labels: Every label, in the label config's order; those that only votes name follow by
            name. What is named by no vote has been voted against, which says something about
            workers too.
        method: The aggregator of the yes and no votes; see
            `aggregation.classification.registry.METHODS`.
        seed: Its seed.

    Attributes:
        marginals_: Probability that a label is in the set, by task and label; after `fit`.

    Examples:
        >>> import pandas as pd
        >>> votes = pd.DataFrame(
        ...     [
        ...         (1, "ann", '["cat", "fox"]'),
        ...         (1, "bob", '["cat"]'),
        ...         (1, "cyd", '["cat"]'),
        ...     ],
        ...     columns=["task", "worker", "label"],
        ... )
        >>> Sets(["cat", "dog", "fox"], method="bayesian-one-coin").fit(votes).labels_.to_dict()
        {1: '["cat"]'}
    """

    marginals_: dict[int, dict[str, float]]

    def __init__(self, labels: Sequence[str] = (), *, method: str, seed: int = 0) -> None:
        self._labels = labels
        self._method = method
        self._seed = seed

    def _agree(self, ballots: pd.DataFrame, beliefs: Beliefs) -> TypeConsensus:
        priors = of_sets(beliefs)
        named = [set(strings_of(answer)) for answer in ballots["label"]]
        believed = {label for one in priors.values() for label in one.spoken_of}
        every = list(dict.fromkeys([*self._labels, *sorted(believed.union(*named))]))
        decided_by_task = binary_consensus(
            (
                (int(task), label, worker, label in labels)
                for task, worker, labels in zip(
                    ballots["task"], ballots["worker"], named, strict=True
                )
                for label in every
            ),
            priors,
            complete=True,
            method=self._method,
            seed=self._seed,
        )
        consensus: dict[int, str] = {}
        confidence: dict[int, float] = {}
        self.marginals_ = {}
        for task in sorted(set(ballots["task"])):
            decided = decided_by_task[task]
            self.marginals_[task] = decided.probability
            consensus[task] = canonical_json(
                [label for label in every if label in decided.accepted]
            )
            confidence[task] = prod(decided.confidence_of(label) for label in every)
        skills = skills_by_similarity(ballots, consensus, partial(similarity, AnswerType.SET))
        return TypeConsensus(consensus, confidence, skills)
