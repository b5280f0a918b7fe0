"""Aggregators by name: people's votes become one label a task, with the workers' skills.

The algorithms are crowd-kit's, and those of `aggregation.classification.bayesian` without a model's
belief: of all they are best where items have few votes. `auto` is whichever of these fits the
votes best; see `aggregation.classification.model_choice`. `PosteriorAggregator` gives them one
contract: the same inputs are accepted, the same attributes fitted, and the outcome depends on
nothing but the votes.

Left out: KOS, which is for two labels alone and whose sign can come out reversed, and M-MSR, which
is worse than majority vote on real sparse crowds and fails where workers share no tasks.
"""

import warnings
from collections.abc import Callable, Mapping
from typing import Protocol, Self

import numpy as np
import pandas as pd

from aggregation.classification.bayesian import Fusion
from aggregation.classification.model_fit import WorkerModelName
from aggregation.votes import VOTE_COLUMNS
from labeling.errors import NotEnoughVotes, SettingsError

Estimate = Callable[[pd.DataFrame, int], pd.DataFrame]
"""Votes and a seed → probability of each label, a row per task."""


class Aggregator(Protocol):
    """What every aggregator of votes offers, in crowd-kit's words.

    Attributes:
        labels_: The label of each task, by task; after `fit`.
        probas_: Probability of each label, a row per task, labels in the order of their names.
        skills_: Expected share of right votes of each worker, in [0, 1], by worker.
    """

    labels_: "pd.Series[str]"
    probas_: pd.DataFrame
    skills_: "pd.Series[float]"

    def fit(self, votes: pd.DataFrame) -> Self:
        """Estimate the truth behind votes `task, worker, label`."""
        ...

    def fit_predict(self, votes: pd.DataFrame) -> "pd.Series[str]":
        """Fit, and return `labels_`."""
        ...

    def fit_predict_proba(self, votes: pd.DataFrame) -> pd.DataFrame:
        """Fit, and return `probas_`."""
        ...


class PosteriorAggregator:
    """An algorithm that estimates posteriors, under the contract of `Aggregator`.

    Votes are put in order first, so that no result depends on the order of rows. A task on which
    labels tie goes to the label with more votes, then to the first by name. A worker's skill is
    the mean posterior probability of the labels that they gave, whatever the algorithm, so that
    skills of different algorithms compare.
    """

    labels_: "pd.Series[str]"
    probas_: pd.DataFrame
    skills_: "pd.Series[float]"

    def __init__(self, estimate: Estimate, *, seed: int = 0) -> None:
        self._estimate = estimate
        self._seed = seed

    def fit(self, votes: pd.DataFrame) -> Self:
        """Estimate the truth behind votes `task, worker, label`.

        Raises:
            NotEnoughVotes: There is no vote.
        """
        if votes.empty:
            raise NotEnoughVotes("There are no votes", hint="Have people answer some items first.")
        votes = votes[list(VOTE_COLUMNS)].sort_values(list(VOTE_COLUMNS), ignore_index=True)
        shares = _shares(votes)
        self.probas_ = self._posterior(votes, shares)
        self.labels_ = _most_probable(self.probas_, shares)
        self.skills_ = _expected_accuracy(votes, self.probas_)
        return self

    def fit_predict(self, votes: pd.DataFrame) -> "pd.Series[str]":
        """Fit, and return `labels_`."""
        return self.fit(votes).labels_

    def fit_predict_proba(self, votes: pd.DataFrame) -> pd.DataFrame:
        """Fit, and return `probas_`."""
        return self.fit(votes).probas_

    def _posterior(self, votes: pd.DataFrame, shares: pd.DataFrame) -> pd.DataFrame:
        # Where nobody ever disagreed about anything, several algorithms divide by zero.
        if shares.shape[1] == 1:
            return shares
        with warnings.catch_warnings():
            # crowd-kit still names `copy` and `inplace`, which pandas 3 is about to drop.
            warnings.filterwarnings("ignore", r"The (copy|inplace) keyword", DeprecationWarning)
            probas = self._estimate(votes, self._seed)
        probas = probas.reindex(index=shares.index, columns=shares.columns, fill_value=0.0)
        probas = probas.astype("float64")
        unsure = ~np.isfinite(probas.to_numpy()).all(axis=1)
        probas[unsure] = shares[unsure]
        return probas


def _majority_vote(votes: pd.DataFrame, seed: int) -> pd.DataFrame:  # noqa: ARG001
    return _shares(votes)


def _wawa(votes: pd.DataFrame, seed: int) -> pd.DataFrame:  # noqa: ARG001
    from crowdkit.aggregation.classification import Wawa

    return _weighted_shares(votes, Wawa().fit(votes).skills_)


def _zero_based_skill(votes: pd.DataFrame, seed: int) -> pd.DataFrame:  # noqa: ARG001
    from crowdkit.aggregation.classification import ZeroBasedSkill

    return _weighted_shares(votes, ZeroBasedSkill().fit(votes).skills_)


def _weighted_shares(votes: pd.DataFrame, skills: "pd.Series[float] | None") -> pd.DataFrame:
    # Wawa's and ZeroBasedSkill's own `predict` asks scikit-learn whether it is fitted, which
    # scikit-learn 1.6 and later refuse to answer for what is not an estimator of theirs.
    from crowdkit.aggregation.classification import MajorityVote

    return MajorityVote().fit_predict_proba(votes, skills)


def _dawid_skene(votes: pd.DataFrame, seed: int) -> pd.DataFrame:  # noqa: ARG001
    from crowdkit.aggregation.classification import DawidSkene

    return DawidSkene().fit_predict_proba(votes)


def _one_coin_dawid_skene(votes: pd.DataFrame, seed: int) -> pd.DataFrame:  # noqa: ARG001
    from crowdkit.aggregation.classification import OneCoinDawidSkene

    return OneCoinDawidSkene().fit_predict_proba(votes)


def _glad(votes: pd.DataFrame, seed: int) -> pd.DataFrame:  # noqa: ARG001
    from crowdkit.aggregation.classification import GLAD

    return GLAD().fit_predict_proba(votes)


def _mace(votes: pd.DataFrame, seed: int) -> pd.DataFrame:
    from crowdkit.aggregation.classification import MACE

    # Its restarts all begin from the same seed, so one does what ten do.
    return MACE(n_restarts=1, random_state=seed).fit_predict_proba(votes)


def _bayesian(model: WorkerModelName | None) -> Estimate:
    def estimate(votes: pd.DataFrame, seed: int) -> pd.DataFrame:  # noqa: ARG001
        return Fusion(sorted(votes["label"].unique()), model=model).fit_predict_proba(votes, {})

    return estimate


AUTO = "auto"
"""The default: whichever Bayesian model of workers fits the votes best."""
ONE_COIN = "bayesian-one-coin"
"""The simplest of these models."""

BAYESIAN: Mapping[str, WorkerModelName | None] = {
    AUTO: None,
    ONE_COIN: "one-coin",
    "bayesian-per-label-one-step": "per-label-one-step",
    "bayesian-confusion-one-step": "confusion-one-step",
    "bayesian-per-label": "per-label",
    "bayesian-confusion": "confusion",
}
"""The model of workers by the name of its aggregator; None: whichever fits the votes best."""

_ESTIMATES: Mapping[str, Estimate] = {
    **{name: _bayesian(model) for name, model in BAYESIAN.items()},
    "majority-vote": _majority_vote,
    "wawa": _wawa,
    "zero-based-skill": _zero_based_skill,
    "dawid-skene": _dawid_skene,
    "one-coin-dawid-skene": _one_coin_dawid_skene,
    "glad": _glad,
    "mace": _mace,
}

METHODS: tuple[str, ...] = tuple(_ESTIMATES)
"""The names that `aggregator` knows."""


def aggregator(name: str, *, seed: int = 0) -> Aggregator:
    """Make the aggregator of that name.

    Args:
        name: One of `METHODS`.
        seed: Seed of an algorithm that starts at random.

    Returns:
        The aggregator, not fitted yet.

    Raises:
        SettingsError: There is none of that name.

    Examples:
        >>> import pandas as pd
        >>> votes = pd.DataFrame(
        ...     [(1, "ann", "cat"), (1, "bob", "cat"), (1, "cyd", "dog"), (2, "ann", "dog")],
        ...     columns=["task", "worker", "label"],
        ... )
        >>> for name in METHODS:
        ...     print(name, aggregator(name).fit(votes).labels_.to_dict())
        auto {1: 'cat', 2: 'dog'}
        bayesian-one-coin {1: 'cat', 2: 'dog'}
        bayesian-per-label-one-step {1: 'cat', 2: 'dog'}
        bayesian-confusion-one-step {1: 'cat', 2: 'dog'}
        bayesian-per-label {1: 'cat', 2: 'dog'}
        bayesian-confusion {1: 'cat', 2: 'dog'}
        majority-vote {1: 'cat', 2: 'dog'}
        wawa {1: 'cat', 2: 'dog'}
        zero-based-skill {1: 'cat', 2: 'dog'}
        dawid-skene {1: 'cat', 2: 'dog'}
        one-coin-dawid-skene {1: 'cat', 2: 'dog'}
        glad {1: 'cat', 2: 'dog'}
        mace {1: 'cat', 2: 'dog'}
    """
    if name not in _ESTIMATES:
        raise SettingsError(
            f"There is no aggregator {name!r}",
            where="aggregation.method",
            hint=f"Choose one of {', '.join(METHODS)}.",
        )
    return PosteriorAggregator(_ESTIMATES[name], seed=seed)


def _shares(votes: pd.DataFrame) -> pd.DataFrame:
    counts = votes.groupby(["task", "label"]).size().unstack("label", fill_value=0)
    counts = counts.sort_index(axis="index").sort_index(axis="columns")
    return counts.div(counts.sum(axis=1), axis=0)


def _most_probable(probas: pd.DataFrame, shares: pd.DataFrame) -> "pd.Series[str]":
    # Rounded, so that sums of equal terms tie whatever the order that they were added in.
    leading = probas.round(9).eq(probas.round(9).max(axis=1), axis=0)
    labels = shares.where(leading, -1.0).idxmax(axis=1)
    return labels.astype("str").rename("agg_label")


def _expected_accuracy(votes: pd.DataFrame, probas: pd.DataFrame) -> "pd.Series[float]":
    rows = probas.index.get_indexer(pd.Index(votes["task"]))
    columns = probas.columns.get_indexer(pd.Index(votes["label"]))
    believed = pd.Series(probas.to_numpy()[rows, columns], index=votes.index)
    return believed.groupby(votes["worker"]).mean().rename("skill")
