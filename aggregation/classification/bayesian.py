"""The model's calibrated belief and people's votes become one posterior an item.

For an item with true label y among K, the model's belief p(y) is the prior and every vote v of a
worker w is evidence:

    posterior(y) ∝ p(y) · Π_w  P(v_w | y),      P(v | y) = a_w if v = y, else (1 - a_w) / (K - 1)

The worker's accuracy a_w is not known. It is estimated together with the truth by expectation
maximisation, and shrunk towards the crowd's mean accuracy m as if w had already cast `strength`
votes of that quality; m itself starts from a guess that weighs `GUESS_VOTES` votes:

    a_w = (strength · m + Σ_t posterior_t(v_wt)) / (strength + n_w)

What follows from this form:

- A vote never lowers the probability of the label that it names, since a_w is kept at chance, 1/K,
  or above. With a uniform belief and equal workers the outcome is the majority vote.
- Items with one vote and no belief tell nothing about the worker, so they move no accuracy:
  nobody becomes reliable by agreeing with themselves.
- The model is a prior and not one more worker. A worker's reliability is learnt from agreement,
  and a model that answers everything would agree with itself until it outvoted people. So a belief
  may only be given where people's answers stand behind it (it is calibrated); an item without one
  has a uniform prior. `SMOOTHING` keeps any belief from being certain, for votes could never
  overrule it.
"""

from collections.abc import Mapping, Sequence
from typing import Self

import numpy as np
import pandas as pd

from labeling.errors import NotEnoughVotes
from labeling.mathtypes import Floats, Indices

GUESS = 0.8
"""Accuracy of a crowd that nothing is known of."""
GUESS_VOTES = 10.0
"""How many votes that guess is worth."""
SMOOTHING = 0.01
"""Share of every belief that is spread evenly over the labels."""
HIGHEST_ACCURACY = 0.99
"""No worker is held for better: a slip of the hand is always possible."""
TOLERANCE = 1e-6
"""The estimation ends when no posterior moves further than this."""
MAX_STEPS = 200


class Fusion:
    """Fuse votes with beliefs, in the form of an aggregator.

    Args:
        labels: Every label that the control offers.
        strength: How many votes of the crowd's mean quality a worker starts with.

    Attributes:
        labels_: The label of each task, by task; after `fit`.
        probas_: The posterior, a row per task, labels in the order given.
        skills_: Each worker's accuracy a_w, by worker.

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

    def __init__(self, labels: Sequence[str], *, strength: float = 10.0) -> None:
        self._labels = pd.Index(list(dict.fromkeys(labels)), dtype="str", name="label")
        self._strength = strength

    def fit(self, votes: pd.DataFrame, beliefs: Mapping[int, Mapping[str, float]]) -> Self:
        """Estimate the posterior of every task that has votes or a belief.

        Args:
            votes: The frame `task, worker, label`; may be empty.
            beliefs: By task, the calibrated probability of each label; what is not named has none.

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
        workers = pd.Index(sorted(set(votes["worker"])), dtype="str", name="worker")
        rows = tasks.get_indexer(pd.Index(votes["task"]))
        voters = workers.get_indexer(pd.Index(votes["worker"], dtype="str"))
        named = self._labels.get_indexer(pd.Index(votes["label"], dtype="str"))
        if (named < 0).any():
            raise ValueError("A vote names a label that is not among the labels")
        posterior, accuracy = _estimate(
            self._log_prior(tasks, beliefs), rows, voters, named, len(workers), self._strength
        )
        self.probas_ = pd.DataFrame(posterior, index=tasks, columns=self._labels)
        best = posterior.round(9).argmax(axis=1)
        self.labels_ = pd.Series(self._labels[best], index=tasks, name="agg_label")
        self.skills_ = pd.Series(accuracy, index=workers, name="skill")
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

    def _log_prior(
        self, tasks: "pd.Index[int]", beliefs: Mapping[int, Mapping[str, float]]
    ) -> Floats:
        k = len(self._labels)
        prior = np.full((len(tasks), k), 1 / k)
        for row, task in enumerate(tasks):
            belief = beliefs.get(task)
            if belief is not None:
                masses = np.array([belief.get(label, 0.0) for label in self._labels])
                if not (np.isfinite(masses).all() and (masses >= 0).all() and masses.sum() > 0):
                    raise ValueError(f"The belief of task {task} is not a distribution")
                prior[row] = (1 - SMOOTHING) * masses / masses.sum() + SMOOTHING / k
        log_prior: Floats = np.log(prior)
        return log_prior


def _estimate(
    log_prior: Floats,
    rows: Indices,
    voters: Indices,
    named: Indices,
    n_workers: int,
    strength: float,
) -> tuple[Floats, Floats]:
    """Alternate between the posterior (tasks by labels) and the workers' accuracies."""
    k = log_prior.shape[1]
    counts = np.bincount(voters, minlength=n_workers)
    accuracy = np.full(n_workers, max(GUESS, 1 / k))
    posterior = _posterior(log_prior, rows, voters, named, accuracy)
    for _ in range(MAX_STEPS):
        agreement = posterior[rows, named]
        mean = (GUESS * GUESS_VOTES + agreement.sum()) / (GUESS_VOTES + len(rows))
        agreed = np.bincount(voters, weights=agreement, minlength=n_workers)
        shrunk = (strength * mean + agreed) / (strength + counts)
        accuracy = np.clip(shrunk, 1 / k, max(HIGHEST_ACCURACY, 1 / k))
        last, posterior = posterior, _posterior(log_prior, rows, voters, named, accuracy)
        if np.abs(posterior - last).max() < TOLERANCE:
            break
    return posterior, accuracy


def _posterior(
    log_prior: Floats, rows: Indices, voters: Indices, named: Indices, accuracy: Floats
) -> Floats:
    k = log_prior.shape[1]
    scores = log_prior.copy()
    if k > 1:
        # The factor of the labels that a vote does not name is common to all of them and cancels.
        evidence = np.log(accuracy) - np.log((1 - accuracy) / (k - 1))
        np.add.at(scores, (rows, named), evidence[voters])
    scores -= scores.max(axis=1, keepdims=True)
    masses = np.exp(scores)
    posterior: Floats = masses / masses.sum(axis=1, keepdims=True)
    return posterior
