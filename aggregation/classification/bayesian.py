"""The model's calibrated belief and people's votes become one posterior an item.

The belief is the prior, every vote is evidence, and how good workers are is estimated together with
the truth: see `aggregation.classification.expectation_maximisation`, and for what is held of
workers `aggregation.classification.model_fit`. What follows from this form:

- A vote never lowers the probability of the label that it names. With a uniform belief and equal
  workers the outcome is the majority vote.
- Items with one vote and no belief tell nothing about the worker: nobody becomes reliable by
  agreeing with themselves.
- The language model is a prior and not one more worker. A worker's reliability is learnt from
  agreement, and a model that answers everything would agree with itself until it outvoted people.
  So a belief may only be given where people's answers stand behind it (it is calibrated).
  `SMOOTHING` keeps any belief from being certain, for votes could never overrule it.
- Known answers tell how good workers are, and nothing else: control tasks come out without a label,
  and neither the labels' shares nor the choice of the model of workers depend on them, since they
  are not drawn as the items are.
"""

from collections.abc import Collection, Mapping, Sequence
from types import MappingProxyType
from typing import Self

import numpy as np
import pandas as pd

from aggregation.classification.expectation_maximisation import Estimate, Prior
from aggregation.classification.model_choice import choose
from aggregation.classification.model_fit import SIMPLEST, WorkerModelName, fit
from aggregation.classification.numbered_votes import NumberedVotes
from aggregation.classification.worker_models import STRENGTH
from labeling.errors import NotEnoughVotes
from labeling.mathtypes import Floats

SMOOTHING = 0.01
"""Share of every belief that is spread evenly over the labels."""
CERTAIN = 1e-9
"""The same of a known answer."""

Known = Mapping[int, Collection[str]]
"""The known answers of control tasks: every accepted label, by task."""
NOTHING_KNOWN: Known = MappingProxyType({})


class Fusion:
    """Fuse votes with beliefs, in the form of an aggregator.

    Args:
        labels: Every label that the control offers.
        model: How workers err; None: whichever fits these votes best.
        strength: How many votes of the crowd's mean quality a worker starts with.
        has_even_shares: Whether labels are taken to be equally frequent where nothing is believed.

    Attributes:
        labels_: The label of each task, by task; after `fit`. Where nothing is believed, the most
            probable of those that somebody named: people's label is never one that nobody said.
        probas_: The posterior, a row per task, labels in the order given.
        skills_: Each worker's expected share of right votes, by worker.
        model_: The name of the model of workers.

    Examples:
        >>> import pandas as pd
        >>> votes = pd.DataFrame(
        ...     [(1, "ann", "cat"), (1, "bob", "dog"), (2, "ann", "cat")],
        ...     columns=["task", "worker", "label"],
        ... )
        >>> fusion = Fusion(["cat", "dog"]).fit(votes, {1: {"cat": 0.1, "dog": 0.9}})
        >>> fusion.labels_.to_dict()
        {1: 'dog', 2: 'cat'}
    """

    labels_: "pd.Series[str]"
    probas_: pd.DataFrame
    skills_: "pd.Series[float]"
    model_: WorkerModelName

    def __init__(
        self,
        labels: Sequence[str],
        *,
        model: WorkerModelName | None = SIMPLEST,
        strength: float = STRENGTH,
        has_even_shares: bool = False,
    ) -> None:
        self._labels = pd.Index(list(dict.fromkeys(labels)), dtype="str", name="label")
        self._model = model
        self._strength = strength
        self._has_even_shares = has_even_shares
        self._workers = pd.Index([], dtype="str", name="worker")
        self._fitted: Estimate | None = None

    def fit(
        self,
        votes: pd.DataFrame,
        beliefs: Mapping[int, Mapping[str, float]],
        known: Known = NOTHING_KNOWN,
    ) -> Self:
        """Estimate the posterior of every task that has votes or a belief, control tasks left out.

        Args:
            votes: The frame `task, worker, label`; may be empty. Votes on control tasks are among
                them.
            beliefs: By task, the calibrated probability of each label; what is not named has none.
            known: The accepted labels of each control task.

        Returns:
            The fitted model itself.

        Raises:
            NotEnoughVotes: There is neither a vote nor a belief.
        """
        tasks = pd.Index(sorted({*votes["task"], *beliefs}), name="task")
        if tasks.empty:
            raise NotEnoughVotes(
                "There are neither votes nor beliefs to fuse", hint="Pre-label the project first."
            )
        self._workers = pd.Index(sorted(set(votes["worker"])), dtype="str", name="worker")
        numbered = numbered_votes(votes, tasks, self._workers, self._labels)
        prior = self._prior(tasks, beliefs, known)
        is_known = prior.known if prior.known is not None else np.zeros(len(tasks), dtype=np.bool_)
        self.model_ = self._model or choose(numbered.of_tasks(~is_known)).model
        fitted = fit(numbered, prior, self.model_, strength=self._strength)
        may_be = prior.believed[:, None] | (numbered.by_cell(np.ones(len(numbered))) > 0)
        best = np.where(may_be, fitted.posterior.round(9), -1.0).argmax(axis=1)
        probas = pd.DataFrame(fitted.posterior, index=tasks, columns=self._labels)
        labels = pd.Series(self._labels[best], index=tasks, name="agg_label")
        self.probas_, self.labels_ = probas[~is_known], labels[~is_known]
        skills = fitted.workers.skills(fitted.shares)
        self.skills_ = pd.Series(skills, index=self._workers, name="skill")
        self._fitted = fitted
        return self

    def fit_predict(
        self, votes: pd.DataFrame, beliefs: Mapping[int, Mapping[str, float]]
    ) -> "pd.Series[str]":
        """Fit, and return `labels_`.

        Args:
            votes: The frame `task, worker, label`; may be empty.
            beliefs: See `fit`.

        Returns:
            The label of each task, by task.
        """
        return self.fit(votes, beliefs).labels_

    def fit_predict_proba(
        self, votes: pd.DataFrame, beliefs: Mapping[int, Mapping[str, float]]
    ) -> pd.DataFrame:
        """Fit, and return `probas_`.

        Args:
            votes: The frame `task, worker, label`; may be empty.
            beliefs: See `fit`.

        Returns:
            The probability of each label, a row per task.
        """
        return self.fit(votes, beliefs).probas_

    @property
    def crowd_confusion_(self) -> pd.DataFrame:
        """What somebody of this crowd says, P(vote | label): a row per true label."""
        return self._matrix(self._estimate.workers.crowd_confusion())

    @property
    def confusions_(self) -> Mapping[str, pd.DataFrame]:
        """The same of each worker, by worker."""
        matrices = self._estimate.workers.confusions()
        return {
            str(worker): self._matrix(matrix)
            for worker, matrix in zip(self._workers, matrices, strict=True)
        }

    @property
    def _estimate(self) -> Estimate:
        if self._fitted is None:
            raise NotEnoughVotes("Nothing is fitted yet", hint="Call `fit` first.")
        return self._fitted

    def _matrix(self, matrix: Floats) -> pd.DataFrame:
        return pd.DataFrame(matrix, index=self._labels, columns=self._labels)

    def _prior(
        self, tasks: "pd.Index[int]", beliefs: Mapping[int, Mapping[str, float]], known: Known
    ) -> Prior:
        k = len(self._labels)
        prior, believed = np.full((len(tasks), k), 1 / k), np.zeros(len(tasks), dtype=np.bool_)
        for row, task in enumerate(tasks):
            belief = beliefs.get(task)
            if belief is not None:
                masses = np.array([belief.get(label, 0.0) for label in self._labels])
                if not (np.isfinite(masses).all() and (masses >= 0).all() and masses.sum() > 0):
                    raise ValueError(f"The belief of task {task} is not a distribution")
                prior[row] = (1 - SMOOTHING) * masses / masses.sum() + SMOOTHING / k
                believed[row] = True
        if not known:
            return Prior(prior, believed, self._has_even_shares)
        is_known = tasks.isin(list(known))
        for row in np.flatnonzero(is_known):
            accepted = self._labels.isin(list(known[tasks[row]]))
            if not accepted.any():
                raise ValueError(f"The known answer of task {tasks[row]} is not among the labels")
            prior[row] = CERTAIN + accepted / accepted.sum()
        return Prior(prior, believed | is_known, self._has_even_shares, is_known)


def numbered_votes(
    votes: pd.DataFrame,
    tasks: "pd.Index[int]",
    workers: "pd.Index[str]",
    labels: "pd.Index[str]",
) -> NumberedVotes:
    """Number the tasks, workers and labels of votes by their places.

    Args:
        votes: The frame `task, worker, label`; may be empty.
        tasks: Every task.
        workers: Every worker.
        labels: Every label.

    Returns:
        The votes, by numbers.

    Raises:
        ValueError: A vote names a label that is not among the labels.
    """
    named = labels.get_indexer(pd.Index(votes["label"], dtype="str"))
    if (named < 0).any():
        raise ValueError("A vote names a label that is not among the labels")
    return NumberedVotes(
        tasks.get_indexer(pd.Index(votes["task"])),
        workers.get_indexer(pd.Index(votes["worker"], dtype="str")),
        named,
        (len(tasks), len(workers), len(labels)),
    )
