"""Folders of labelled items as calibration sees them: what a model believes of each, and the truth.

A folder holds `gold.csv` (task, label), `items.csv` (item_id, text), and where a model labelled it
already `llm.csv` (task, model, label, and where the model stated one, confidence).
"""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from bench.classification_work import read_work
from labeling.form.form import parse
from labeling.settings.settings import Settings
from tandem.replay.beliefs import Beliefs
from tandem.replay.model import embedded, score
from tandem.replay.model_labels import read_model_labels


def read_beliefs(folder: Path, settings: Settings, cache: Path, first: int) -> Beliefs:
    """Read a folder; where no model labelled it, the settings' model does.

    Args:
        folder: The folder.
        settings: Name language model, prompt and embedding model.
        cache: Where scores and embeddings are kept.
        first: Items at most that the settings' model labels.

    Returns:
        Each item's label probabilities, its gold label, and its embedding where there is one.
    """
    if (folder / "llm.csv").exists():
        return _of_file(folder, settings, cache)
    return of_model(folder, settings, cache, first)


def _of_file(folder: Path, settings: Settings, cache: Path) -> Beliefs:
    """Take the labels that a model gave before."""
    gold = pd.read_csv(folder / "gold.csv", dtype="str").set_index("task")["label"].dropna()
    stated = read_model_labels(folder / "llm.csv", gold.index)
    labels = sorted({*gold, *stated.labels})
    right = gold.reindex(stated.labels.index)
    texts = _texts(folder, stated.labels.index.tolist())
    return Beliefs(
        folder.name,
        stated.model,
        stated.source,
        stated.log_probabilities(labels),
        np.asarray(pd.Index(labels).get_indexer(pd.Index(right)), dtype=np.intp),
        embedded(texts, settings, cache),
        tuple(texts or ()),
    )


def _texts(folder: Path, tasks: Sequence[str]) -> list[str] | None:
    if not (folder / "items.csv").exists():
        return None
    items = pd.read_csv(folder / "items.csv", dtype="str", keep_default_na=False)
    if "text" not in items:
        return None
    texts = dict(zip(items["item_id"], items["text"], strict=True))
    return [texts[task] for task in tasks]


def of_model(folder: Path, settings: Settings, cache: Path, first: int) -> Beliefs:
    """Label with the settings' model."""
    work = read_work(folder, {}, first)
    form = parse(work.label_config)
    labels = [candidate.value for candidate in form.controls[0].candidates]
    return replace(
        score(work.texts, form, work.instruction, settings, cache),
        name=work.name,
        gold=np.array([labels.index(label) for label in work.gold], dtype=np.intp),
        embeddings=embedded(work.texts, settings, cache),
        texts=tuple(work.texts),
    )
