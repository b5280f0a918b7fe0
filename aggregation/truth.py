"""Aggregators by name: people's votes become one label a task, with the workers' skills."""

from typing import Protocol, Self

import pandas as pd


class Aggregator(Protocol):
    """What every aggregator of votes offers, in crowd-kit's words.

    Attributes:
        labels_: The label of each task, by task; after `fit`.
        probas_: Probability of each label, a row a task; after `fit`.
        skills_: How good each worker is, in [0, 1], by worker; after `fit`.
    """

    @property
    def labels_(self) -> "pd.Series[str]": ...
    @property
    def probas_(self) -> pd.DataFrame: ...
    @property
    def skills_(self) -> "pd.Series[float]": ...

    def fit(self, votes: pd.DataFrame) -> Self: ...
    def fit_predict(self, votes: pd.DataFrame) -> "pd.Series[str]": ...
    def fit_predict_proba(self, votes: pd.DataFrame) -> pd.DataFrame: ...


METHODS: tuple[str, ...] = (
    "majority-vote",
    "wawa",
    "zero-based-skill",
    "dawid-skene",
    "one-coin-dawid-skene",
    "glad",
    "mace",
    "m-msr",
)


def aggregator(name: str, *, seed: int = 0) -> Aggregator:
    """Make the aggregator of that name.

    Raises:
        SettingsError: There is none of that name.
    """
    raise NotImplementedError
