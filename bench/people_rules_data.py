"""A folder's crowd as the rules of carelessness read it, and how good each person really is."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from aggregation.quality.rules.contract import Work

PARTS = ("text", "hypothesis")
"""The columns of `items.csv` that together are an item's text."""


@dataclass(frozen=True, slots=True)
class JudgedWork:
    """A crowd's work beside the truth.

    Attributes:
        name: The folder's name.
        work: What the rules are given.
        accuracy: The share of right answers against gold labels, by worker, of workers with enough
            of them.
    """

    name: str
    work: Work
    accuracy: Mapping[str, float]


def read_judged_work(
    folder: Path, *, controls: float, fewest: int, tasks: int | None, seed: int
) -> JudgedWork:
    """Read a folder.

    Where it has `controls.csv`, these are its control tasks, of which alone the truth is known.
    Else control tasks are drawn from those with a gold label. Where pages of answers have a start
    and an end, an answer took its share of the page, and was saved with it.

    Args:
        folder: Holds `crowd.csv`, `items.csv`, and `gold.csv` or `controls.csv`.
        controls: The share of tasks with a gold label that the rules are told, in [0, 1].
        fewest: Answers with a known truth that a worker's accuracy needs.
        tasks: The first tasks alone; None: all.
        seed: Of the draw of control tasks.

    Returns:
        The record, and the truth.
    """
    crowd = _table(folder / "crowd.csv").drop_duplicates(["task", "worker"])
    if tasks is not None:
        crowd = crowd[crowd["task"].isin(crowd["task"].unique()[:tasks])]
    items = _table(folder / "items.csv").set_index("item_id")
    texts = items[[name for name in PARTS if name in items]].agg(" ".join, axis=1)
    answers = crowd.assign(text=crowd["task"].map(texts).fillna(""), **_times(crowd))
    has_controls = (folder / "controls.csv").exists()
    truth = _accepted(folder / ("controls.csv" if has_controls else "gold.csv"))
    answered = {*crowd["task"]}
    truth = {task: labels for task, labels in truth.items() if task in answered}
    known = truth if has_controls else _drawn(truth, controls, seed)
    return JudgedWork(
        folder.resolve().name, Work.of(answers, known=known), _accuracy(crowd, truth, fewest)
    )


def _table(path: Path) -> pd.DataFrame:
    return pd.read_csv(path, dtype="str", keep_default_na=False)


def _times(crowd: pd.DataFrame) -> "dict[str, pd.Series[float] | pd.Series[pd.Timestamp]]":
    if "seconds" in crowd:
        return {"seconds": pd.to_numeric(crowd["seconds"], errors="coerce")}
    if "started" not in crowd:
        return {}
    started, ended = (pd.to_datetime(crowd[name], utc=True) for name in ("started", "ended"))
    per_item = (ended - started).dt.total_seconds() / crowd["items_of_page"].astype("float64")
    return {"seconds": per_item, "submitted_at": ended}


def _accepted(path: Path) -> dict[str, set[str]]:
    table = _table(path)
    accepted: dict[str, set[str]] = {}
    for task, label in zip(table["task"], table["label"], strict=True):
        accepted.setdefault(task, set()).add(label)
    return accepted


def _drawn(truth: dict[str, set[str]], share: float, seed: int) -> dict[str, set[str]]:
    names = sorted(truth)
    drawn = np.random.default_rng(seed).permutation(len(names))[: round(share * len(names))]
    return {names[place]: truth[names[place]] for place in drawn}


def _accuracy(crowd: pd.DataFrame, truth: dict[str, set[str]], fewest: int) -> dict[str, float]:
    judged = crowd[crowd["task"].isin(list(truth))]
    right = pd.Series(
        [label in truth[task] for task, label in zip(judged["task"], judged["label"], strict=True)],
        index=judged.index,
    )
    by_worker = right.groupby(judged["worker"]).agg(["mean", "size"])
    enough = by_worker[by_worker["size"] >= fewest]
    return {str(worker): float(share) for worker, share in enough["mean"].items()}
