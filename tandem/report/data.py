"""The numbers of the report, apart from how they look."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import pandas as pd

from aggregation.dataset import Belief, Ruling
from aggregation.votes import Answer
from labeling.settings import CostSettings
from routing.ledger.records import Round


@dataclass(frozen=True, slots=True)
class Activity:
    """What a reviewer did beside answering.

    Attributes:
        worker: The name that their answers are counted under.
        skipped: Items that they skipped.
        strays: Items that they answered without being asked.
    """

    worker: str
    skipped: int = 0
    strays: int = 0


@dataclass(frozen=True, slots=True)
class Comparison:
    """One way to label the project, measured against gold labels.

    Attributes:
        name: Such as `Model alone`.
        accuracy: Share of right labels over all items, in [0, 1].
        human_labels: Answers of people that were paid for.
        cost: In the currency of the costs.
        hours: Of people's work.
    """

    name: str
    accuracy: float
    human_labels: int
    cost: float
    hours: float


@dataclass(frozen=True, slots=True)
class ReportData:
    """Everything that the report says."""

    title: str


def collect(
    dataset: pd.DataFrame,
    *,
    title: str,
    labels: Sequence[str],
    answers: Sequence[Answer],
    beliefs: Mapping[int, Belief],
    rulings: Mapping[int, Ruling],
    rounds: Sequence[Round],
    costs: CostSettings,
    at: datetime,
    activities: Sequence[Activity] = (),
    comparison: Sequence[Comparison] = (),
    votes_alone: int = 3,
) -> ReportData:
    """Work out the report's numbers.

    Args:
        dataset: What `aggregation.dataset.build` gave.
        title: The project's title.
        labels: Every label that the control offers.
        answers: Everybody's answers, as given to `build`.
        beliefs: The model's present belief, by task.
        rulings: The latest decision, by task.
        rounds: The turns of the loop, in order.
        costs: What labels cost.
        at: When the report is made.
        activities: What reviewers did beside answering.
        comparison: Ways to label against gold labels, where gold is known.
        votes_alone: Votes an item that people alone would have given.
    """
    raise NotImplementedError
