"""Folders with wrong labels to be found: crowds with gold labels, and labels that were judged."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from bench.classification_work import label_config_of
from labeling.form.form import parse
from labeling.mathtypes import Bools, Indices
from labeling.settings.settings import Settings
from tandem.replay.beliefs import Beliefs
from tandem.replay.folder import read_folder
from tandem.replay.model import beliefs_of, embedded, score

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
        beliefs: What the model believes of the items before it learned; they have no gold labels.
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
    """Read a folder of `tandem.replay.folder`; the settings' model labels it.

    Args:
        folder: The folder.
        settings: Name language model, prompt and embedding model.
        cache: Where scores and embeddings are kept.

    Returns:
        Its items that have a gold label and votes enough.
    """
    work = read_folder(folder)
    beliefs = beliefs_of(work, settings, cache)
    voted = np.bincount(work.votes["task"], minlength=len(work.tasks))
    (kept,) = np.nonzero((work.gold >= 0) & (voted >= DRAWN))
    numbers = {int(task): item for item, task in enumerate(kept)}
    votes = work.votes[work.votes["task"].isin(numbers.keys())]
    return CrowdWithGold(
        replace(
            beliefs,
            log_probabilities=beliefs.log_probabilities[kept],
            gold=beliefs.gold[kept],
            embeddings=None if beliefs.embeddings is None else beliefs.embeddings[kept],
        ),
        work.labels,
        pd.DataFrame(
            {
                "item": votes["task"].map(numbers),
                "worker": votes["worker"],
                "label": votes["label"],
            }
        ),
    )


def read_judged(folder: Path, settings: Settings, cache: Path) -> JudgedLabels:
    """Read a folder of `items.csv` (item_id, premise, hypothesis) and `labels.csv`.

    Args:
        folder: The folder; `labels.csv` has the columns task, label, annotators and is_error.
        settings: Name language model, prompt and embedding model.
        cache: Where scores and embeddings are kept.

    Returns:
        The judged labels.
    """
    table = pd.read_csv(folder / "items.csv", dtype="str", keep_default_na=False)
    judged = pd.read_csv(folder / "labels.csv", dtype={"task": "str", "label": "str"})
    texts = table[["premise", "hypothesis"]].agg("\n".join, axis=1).tolist()
    names, items = sorted(judged["label"].unique()), pd.Index(table["item_id"])
    form = parse(label_config_of(names, {}))
    beliefs = score(texts, form, "", settings, cache)
    return JudgedLabels(
        replace(beliefs, name=folder.name, embeddings=embedded(texts, settings, cache)),
        names,
        np.asarray(items.get_indexer(pd.Index(judged["task"])), dtype=np.intp),
        np.asarray(pd.Index(names).get_indexer(pd.Index(judged["label"])), dtype=np.intp),
        judged["annotators"].to_numpy(dtype=np.intp),
        judged["is_error"].to_numpy(dtype=np.bool_),
    )
