"""`CLASS` and `PAIR`: one out of a closed set, by an aggregator of `aggregation.classification`."""

import pandas as pd

from aggregation.beliefs import spread
from aggregation.by_type.base import Beliefs, TypeAggregator, TypeConsensus
from aggregation.classification.bayesian import Fusion
from aggregation.classification.model_fit import SIMPLEST
from aggregation.classification.registry import BAYESIAN, aggregator
from aggregation.control_votes import NO_BALLOTS, KnownBallots


class Classes(TypeAggregator):
    """One label a task. A pair is a task too: whichever of its two sides is better, is its label.

    With beliefs, votes weigh as in `aggregation.classification.bayesian`, by the same model of
    workers, and by the simplest where the method is another one.

    Args:
        method: The aggregator; see `aggregation.classification.registry.METHODS`.
        seed: Its seed.
        known: What people said of control tasks; only the Bayesian methods learn from it.

    Attributes:
        probas_: Probability of each label that was named, or believed in, a row per task.

    Examples:
        >>> import pandas as pd
        >>> votes = pd.DataFrame(
        ...     [
        ...         (1, "ann", "cat"),
        ...         (1, "bob", "cat"),
        ...         (1, "cyd", "dog"),
        ...     ],
        ...     columns=["task", "worker", "label"],
        ... )
        >>> Classes(method="bayesian-one-coin").fit(votes).labels_.to_dict()
        {1: 'cat'}
    """

    probas_: pd.DataFrame

    def __init__(self, *, method: str, seed: int = 0, known: KnownBallots = NO_BALLOTS) -> None:
        self._aggregator = aggregator(method, seed=seed)
        self._model = BAYESIAN.get(method, SIMPLEST)
        self._known = known if method in BAYESIAN else NO_BALLOTS

    def _agree(self, ballots: pd.DataFrame, beliefs: Beliefs) -> TypeConsensus:
        is_fused = beliefs or self._known.are_any
        fitted = self._fused(ballots, beliefs) if is_fused else self._aggregator.fit(ballots)
        self.probas_ = fitted.probas_
        tasks = fitted.labels_.index.tolist()
        labels = dict(zip(tasks, fitted.labels_.tolist(), strict=True))
        rows = fitted.probas_.to_dict("index")
        confidence = {task: float(rows[task][labels[task]]) for task in tasks}
        skills = dict(zip(fitted.skills_.index.tolist(), fitted.skills_.tolist(), strict=True))
        return TypeConsensus(labels, confidence, skills)

    def _fused(self, ballots: pd.DataFrame, beliefs: Beliefs) -> Fusion:
        believed = {label for one in beliefs.values() for label in (one.label, *one.distribution)}
        labels = sorted(believed.union(ballots["label"], self._known.labels))
        prior = {task: spread(one, labels) for task, one in beliefs.items()}
        votes = pd.concat([ballots, self._known.ballots]) if self._known.are_any else ballots
        return Fusion(labels, model=self._model).fit(votes, prior, self._known.known)
