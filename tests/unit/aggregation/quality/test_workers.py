"""Worker quality: measured against the others, never against oneself."""

import math
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pandas as pd
import pytest

from aggregation.quality.workers import COLUMNS, quality
from aggregation.votes import Answer

NOW = datetime(2026, 1, 2, tzinfo=UTC)


Timed = tuple[int, str, str, float | None]


def rate(votes: Sequence[Timed], model: dict[int, str] | None = None) -> Any:
    """Rate the workers behind `task, worker, label, lead time`; by worker and column."""
    return table_of(votes, model).to_dict("index")


def table_of(votes: Sequence[Timed], model: dict[int, str] | None = None) -> pd.DataFrame:
    answers = [Answer(task, who, label, "person", NOW, time) for task, who, label, time in votes]
    skills = pd.Series({who: 0.8 for _, who, _, _ in votes}, dtype="float64")
    return quality(answers, skills, model or {})


def test_agreement_is_with_the_majority_of_the_others() -> None:
    rated = rate([(1, "ann", "A", 5.0), (1, "bob", "A", 9.0), (1, "cyd", "B", 1.0)])
    # Without ann, bob and cyd tie; without cyd, the others say A.
    assert rated["ann"]["compared"] == 0
    assert math.isnan(rated["ann"]["agreement"])
    assert rated["cyd"]["compared"] == 1
    assert rated["cyd"]["agreement"] == 0.0
    assert rated["cyd"]["agreement_high"] > 0.5


def test_a_lone_vote_says_nothing_about_its_worker() -> None:
    ann = rate([(1, "ann", "A", None), (2, "ann", "B", None)])["ann"]
    assert (ann["votes"], ann["compared"]) == (2, 0)
    assert math.isnan(ann["median_lead_time"])


def test_agreement_with_the_model_counts_items_that_it_answered() -> None:
    votes = [(1, "ann", "A", 4.0), (2, "ann", "B", 6.0), (3, "ann", "B", 11.0)]
    ann = rate(votes, model={1: "A", 2: "A"})["ann"]
    assert (ann["with_model"], ann["model_agreement"]) == (2, 0.5)
    assert ann["model_agreement_low"] < 0.5 < ann["model_agreement_high"]
    assert ann["median_lead_time"] == 6.0
    assert ann["skill"] == pytest.approx(0.8)


def test_nobody_answered_is_an_empty_table() -> None:
    table = table_of([])
    assert table.empty
    assert list(table.columns) == list(COLUMNS)
