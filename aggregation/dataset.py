"""The finished dataset: one row an item, with its label, how sure it is, and where it is from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

import pandas as pd

from aggregation.votes import Answer

Source = Literal["model", "people", "both"]

COLUMNS = (
    "task",
    "text",
    "label",
    "posterior",
    "confidence",
    "source",
    "people_label",
    "votes",
    "model_label",
    "model_confidence",
    "model_distribution",
    "model_version",
    "model_calibrated",
    "decision",
    "reason",
    "decided_at",
    "labelled_at",
    "labelled_by",
)


@dataclass(frozen=True, slots=True)
class Item:
    """What is labelled: a task and its text; None where the task has none that can be read."""

    task: int
    text: str | None


@dataclass(frozen=True, slots=True)
class Belief:
    """What the model believes of one task.

    Attributes:
        label: Its answer.
        confidence: Probability that the answer is right, in [0, 1].
        distribution: Probability of every candidate; may be empty where only `confidence` is known.
        model_version: The version that answered.
        calibrated: Whether people's answers stand behind `confidence`; only then is it believed.
    """

    label: str
    confidence: float
    distribution: Mapping[str, float] = field(default_factory=dict)
    model_version: str = ""
    calibrated: bool = False


@dataclass(frozen=True, slots=True)
class Ruling:
    """What the controller decided about one task.

    Attributes:
        kind: `pilot`, `accept`, `review`, `audit` or `retract`; of these `accept` and `audit`
            leave the label to the model for as long as no person has answered.
        reason: Why, in one line.
        at: When it was decided.
        votes: People that are to answer before the item counts as done.
    """

    kind: str
    reason: str
    at: datetime
    votes: int = 1


def build(
    items: Sequence[Item],
    answers: Sequence[Answer],
    beliefs: Mapping[int, Belief],
    rulings: Mapping[int, Ruling],
    *,
    labels: Sequence[str],
    method: str = "dawid-skene",
    seed: int = 0,
) -> pd.DataFrame:
    """Put together what is known of every item.

    Args:
        items: All items of the project; the rows keep their order.
        answers: Everybody's answers, the model's accepted ones too.
        beliefs: The model's present belief, by task.
        rulings: The latest decision, by task.
        labels: Every label that the control offers.
        method: The aggregator of people's votes, by name; see `aggregation.truth.METHODS`.
        seed: Seed of an aggregator that starts at random.

    Returns:
        A frame with `COLUMNS`. `label` is None where the item is not resolved yet, and `reason`
        says why. `posterior` and `model_distribution` are dicts, `votes` a list of dicts with
        `worker`, `label`, `at` and `lead_time`, `labelled_by` a list of names.

    Raises:
        SettingsError: There is no aggregator of that name.
    """
    raise NotImplementedError
