"""The finished dataset of some answers, fitted and built in one call."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from aggregation.beliefs import Belief, PartBelief
from aggregation.classification.registry import AUTO
from aggregation.consensus import ProjectConsensus
from aggregation.dataset import controls, tasks
from aggregation.dataset.tasks import Item, TaskDecision, answers_in
from aggregation.votes import Answer
from labeling.form.equivalence import Equivalence
from tandem.report import collector
from tandem.report.data import ReportData


def build(
    items: Sequence[Item],
    answers: Sequence[Answer],
    beliefs: Mapping[int, Belief],
    decisions: Mapping[int, TaskDecision],
    *,
    labels: Sequence[str],
    equivalence: Equivalence | None = None,
    method: str = AUTO,
) -> pd.DataFrame:
    """Fit the consensus of these answers, and build the dataset of it."""
    consensus = ProjectConsensus(answers, beliefs, labels, equivalence, method)
    return tasks.build(items, consensus, decisions)


def consensus_in(
    dataset: pd.DataFrame, equivalence: Equivalence | None = None, labels: Sequence[str] = ()
) -> ProjectConsensus:
    """The consensus of the votes that a dataset holds."""
    return ProjectConsensus(answers_in(dataset), {}, labels, equivalence)


def by_control(
    dataset: pd.DataFrame,
    equivalence: Equivalence,
    parts: Mapping[int, Mapping[str, PartBelief]],
) -> pd.DataFrame:
    """Take a dataset apart by the consensus of the votes and beliefs that it holds."""
    beliefs = {
        row["task"]: Belief(
            row["model_label"],
            row["model_confidence"],
            row["model_distribution"],
            row["model_version"],
            row["model_calibrated"],
            parts.get(row["task"], {}),
        )
        for row in dataset.to_dict("records")
        if row["model_label"] is not None
    }
    consensus = ProjectConsensus(answers_in(dataset), beliefs, (), equivalence)
    return controls.by_control(dataset, consensus, equivalence)


def collect(
    dataset: pd.DataFrame,
    *,
    labels: Sequence[str],
    equivalence: Equivalence | None = None,
    **known: Any,
) -> ReportData:
    """Collect a report by the consensus of the votes that a dataset holds."""
    consensus = consensus_in(dataset, equivalence, labels)
    return collector.collect(dataset, consensus, labels=labels, equivalence=equivalence, **known)
