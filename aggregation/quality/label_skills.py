"""Skill a label: what each person says of every true label, with an interval.

Few answers on a label tell little, so each person's confusion matrix is shrunk as the Dawid-Skene
model of `aggregation.classification.worker_models` shrinks it: their skill on a label towards what
their other answers tell, and their mistakes towards the crowd's. How probable each label is to be
the true one is the consensus', whatever aggregator found it. Items that only one person answered
tell nothing, unless their answer is known: nobody becomes skilled by agreeing with themselves.

The interval of a skill is that of a Beta distribution with the shrunk skill as its mean, and as
many answers behind it as the person gave on the label, with those that the shrinkage is worth. It
takes the consensus, and the person's overall skill, for known; so it is somewhat too narrow where
either rests on little.
"""

from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from aggregation.classification.bayesian import numbered_votes
from aggregation.classification.worker_models import LABEL_STRENGTH, ConfusionMatrices
from labeling.mathtypes import Floats

COLUMNS = ("answers", "skill", "low", "high")


@dataclass(frozen=True, eq=False)
class LabelSkills:
    """What is known of people's skills on each label; K labels.

    Attributes:
        workers: The people.
        labels: The labels.
        confusions: P(answer | true label) of each person, (workers, K, K).
        of_crowd: The same of somebody of this crowd, (K, K).
        answers: Answers that each gave on each true label, expected, (workers, K).
    """

    workers: "pd.Index[str]"
    labels: "pd.Index[str]"
    confusions: Floats
    of_crowd: Floats
    answers: Floats

    def of(self, worker: str) -> Floats:
        """Return somebody's confusion matrix, (K, K); the crowd's, where nothing is known."""
        place = self._places.get(worker)
        return self.of_crowd if place is None else np.asarray(self.confusions[place])

    def table(self, level: float = 0.95) -> pd.DataFrame:
        """Return a row per person and true label, with `COLUMNS`.

        Args:
            level: The probability that an interval holds the skill.

        Returns:
            The answers expected to be on that label, the skill in [0, 1], and its interval.
        """
        from scipy.stats import beta  # here, since scipy.stats would slow every command's start

        skill = np.diagonal(self.confusions, axis1=1, axis2=2)
        known = LABEL_STRENGTH + self.answers
        low, high = beta.interval(level, skill * known, (1 - skill) * known)
        index = pd.MultiIndex.from_product([self.workers, self.labels], names=["worker", "label"])
        columns = [np.asarray(one).ravel() for one in (self.answers, skill, low, high)]
        return pd.DataFrame(dict(zip(COLUMNS, columns, strict=True)), index=index)

    @cached_property
    def _places(self) -> dict[str, int]:
        return {str(worker): place for place, worker in enumerate(self.workers)}


def label_skills(
    votes: pd.DataFrame, posteriors: pd.DataFrame, known: Collection[int] = ()
) -> LabelSkills:
    """Learn people's skills from their answers and what these come to.

    Args:
        votes: The frame `task, worker, label`.
        posteriors: How probable each label is, a row per task of the votes, a column per label.
        known: Tasks whose label is known apart from these votes, so that a single one tells.

    Returns:
        What is known of everybody who voted.

    Examples:
        >>> votes = pd.DataFrame(
        ...     [(t, w, "cat") for t in range(20) for w in ("ann", "bob")],
        ...     columns=["task", "worker", "label"],
        ... )
        >>> known = pd.DataFrame({"cat": [0.99] * 20, "dog": [0.01] * 20})
        >>> label_skills(votes, known).table().round(2).loc["ann"].values.tolist()
        [[19.8, 0.99, 0.93, 1.0], [0.2, 0.91, 0.5, 1.0]]
    """
    workers = pd.Index(sorted(set(votes["worker"])), dtype="str", name="worker")
    labels = pd.Index(posteriors.columns, dtype="str", name="label")
    numbered = numbered_votes(votes, posteriors.index, workers, labels)
    compared = (numbered.of_task > 1) | posteriors.index.isin(list(known))
    unknown = ConfusionMatrices.unknown(len(workers), len(labels), has_even_errors=False)
    learned = unknown
    if compared.any():
        probable = posteriors.to_numpy(dtype="float64")[compared]
        learned = unknown.refitted(numbered.of_tasks(compared), probable)
    return LabelSkills(workers, labels, learned.of_workers, learned.of_crowd, learned.voted)
