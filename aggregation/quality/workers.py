"""How good each worker is, as far as the others and the model can tell."""

from collections.abc import Callable, Mapping, Sequence
from operator import eq

import pandas as pd

from aggregation.quality.intervals import wilson
from aggregation.votes import Answer, frame

COLUMNS = (
    "votes",
    "compared",
    "agreement",
    "agreement_low",
    "agreement_high",
    "skill",
    "with_model",
    "model_agreement",
    "model_agreement_low",
    "model_agreement_high",
    "median_lead_time",
)


def quality(
    answers: Sequence[Answer],
    skills: "pd.Series[float]",
    model_labels: Mapping[int, str],
    same: Callable[[str, str], bool] = eq,
) -> pd.DataFrame:
    """Rate each worker.

    Args:
        answers: People's answers, one per person and task, as `votes.of_people` gives them.
        skills: An aggregator's `skills_`.
        model_labels: The model's answer, by task.
        same: Whether two answers say the same.

    Returns:
        A row per worker, by name, with `COLUMNS`: `agreement` is the share of the `compared` votes
        that say what the *other* voters' majority says (a task where the others tie, or where
        there are none, is not compared); `model_agreement` the share of the `with_model` votes
        that say the model's answer; both with Wilson intervals at 95%; `median_lead_time` is in
        seconds. What nothing is known of is NaN.
    """
    votes = frame(answers)
    votes["lead_time"] = pd.Series([a.lead_time for a in answers], dtype="float64")
    votes["others"] = _majority_of_others(votes)
    votes["model"] = votes["task"].map(dict(model_labels)).astype("object")
    rows = {worker: _rate(own, same) for worker, own in votes.groupby("worker")}
    table = pd.DataFrame.from_dict(rows, orient="index", columns=list(COLUMNS))
    table["skill"] = skills.reindex(table.index).astype("float64")
    return table.astype({"votes": "int64", "compared": "int64", "with_model": "int64"}).rename_axis(
        "worker"
    )


def _rate(own: pd.DataFrame, same: Callable[[str, str], bool]) -> dict[str, float]:
    return {
        "votes": len(own),
        **_agreement(own, "others", same, count="compared", share="agreement"),
        **_agreement(own, "model", same, count="with_model", share="model_agreement"),
        "median_lead_time": float(own["lead_time"].median()),
    }


def _agreement(
    own: pd.DataFrame, other: str, same: Callable[[str, str], bool], *, count: str, share: str
) -> dict[str, float]:
    known = own[own[other].notna()]
    if known.empty:
        return {count: 0}
    agreeing = sum(map(same, known["label"], known[other]))
    interval = wilson(agreeing, len(known))
    return {
        count: len(known),
        share: agreeing / len(known),
        f"{share}_low": interval.low,
        f"{share}_high": interval.high,
    }


def _majority_of_others(votes: pd.DataFrame) -> "pd.Series[str]":
    """Name, a vote, the label that most of the task's other voters gave; None where they tie."""
    majority: dict[int, str | None] = {}
    for _, task in votes.groupby("task"):
        counts = task["label"].value_counts().to_dict()
        for row, label in task["label"].items():
            others = {**counts, label: counts[label] - 1}
            most = max(others.values())
            leading = [name for name, n in others.items() if n == most and n > 0]
            majority[int(str(row))] = leading[0] if len(leading) == 1 else None
    return pd.Series(majority, dtype="object").reindex(votes.index)
