"""Folders with wrong labels to be found: crowds with gold labels, and labels that were judged."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from bench.beliefs import Beliefs, label_work
from bench.classification_work import ClassificationWork, label_config_of
from labeling.mathtypes import Bools, Indices
from labeling.settings.settings import Settings

DRAWN = 3
"""Votes of each item that are drawn."""


@dataclass(frozen=True, slots=True)
class CrowdWithGold:
    """A crowd's votes on items whose right labels are known.

    Attributes:
        beliefs: What the model believes of the items before it learned, and their gold labels.
        labels: The labels, in the order of the beliefs.
        votes: Rows `item, worker, label`, items and labels as indices; each item has `DRAWN` at
            least.
    """

    beliefs: Beliefs
    labels: Sequence[str]
    votes: pd.DataFrame


@dataclass(frozen=True, slots=True)
class JudgedLabels:
    """Labels that people gave and that were judged: an error, or one opinion of several.

    Attributes:
        beliefs: What the model believes of the items; its gold labels mean nothing.
        names: The labels, in the order of the beliefs.
        items: The item of each judged label, shape (judged,).
        labels: The judged label, as an index, shape (judged,).
        voters: How many people gave it, shape (judged,).
        is_error: Whether it is an error, shape (judged,).
    """

    beliefs: Beliefs
    names: Sequence[str]
    items: Indices
    labels: Indices
    voters: Indices
    is_error: Bools


def read_crowd(folder: Path, settings: Settings, cache: Path) -> CrowdWithGold:
    """Read a folder of `items.csv`, `gold.csv` and `crowd.csv`; the settings' model labels it.

    Args:
        folder: The folder; of items with several texts, all are read.
        settings: Name language model, prompt and embedding model.
        cache: Where scores and embeddings are kept.

    Returns:
        Its items that have a gold label and votes enough.
    """
    texts = _texts(folder)
    gold = pd.read_csv(folder / "gold.csv", dtype="str").set_index("task")["label"].dropna()
    crowd = pd.read_csv(folder / "crowd.csv", dtype="str").drop_duplicates(["task", "worker"])
    crowd = crowd[crowd["label"].isin(gold.unique()) & crowd["task"].isin(texts.keys())]
    enough = crowd["task"].value_counts()
    items = [item for item in texts if item in gold.index and enough.get(item, 0) >= DRAWN]
    labels = sorted(gold.unique())
    work = ClassificationWork(
        folder.name,
        label_config_of(labels, {}),
        "",
        [texts[item] for item in items],
        [str(gold[item]) for item in items],
    )
    numbers = {item: number for number, item in enumerate(items)}
    places = {label: place for place, label in enumerate(labels)}
    votes = crowd[crowd["task"].isin(items)]
    return CrowdWithGold(
        label_work(work, settings, cache),
        labels,
        pd.DataFrame(
            {
                "item": votes["task"].map(numbers).astype("int64"),
                "worker": votes["worker"],
                "label": votes["label"].map(places).astype("int64"),
            }
        ),
    )


def read_judged(folder: Path, settings: Settings, cache: Path) -> JudgedLabels:
    """Read a folder of `items.csv` and `labels.csv` (task, label, annotators, is_error).

    Args:
        folder: The folder.
        settings: Name language model, prompt and embedding model.
        cache: Where scores and embeddings are kept.

    Returns:
        The judged labels.
    """
    texts = _texts(folder)
    judged = pd.read_csv(folder / "labels.csv", dtype={"task": "str", "label": "str"})
    names, items = sorted(judged["label"].unique()), list(texts)
    work = ClassificationWork(
        folder.name, label_config_of(names, {}), "", list(texts.values()), [names[0]] * len(items)
    )
    return JudgedLabels(
        label_work(work, settings, cache),
        names,
        np.array([items.index(task) for task in judged["task"]], dtype=np.intp),
        np.array([names.index(label) for label in judged["label"]], dtype=np.intp),
        judged["annotators"].to_numpy(dtype=np.intp),
        judged["is_error"].to_numpy(dtype=np.bool_),
    )


def _texts(folder: Path) -> dict[str, str]:
    """Return each item's text, by its id; of several texts, one below the other under its name."""
    items = pd.read_csv(folder / "items.csv", dtype="str", keep_default_na=False)
    named = {"text": "Text", "premise": "Premise", "hypothesis": "Hypothesis"}
    columns = [name for name in named if name in items]
    if len(columns) == 1:
        return dict(zip(items["item_id"], items[columns[0]], strict=True))
    return {
        row["item_id"]: "\n".join(f"{named[name]}: {row[name]}" for name in columns)
        for row in items.to_dict("records")
    }
