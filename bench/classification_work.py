"""Labelled texts of a folder, of either form, and what is asked of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.sax.saxutils import quoteattr

import pandas as pd

from labeling.form.form import Form

SHOWN = {"ag_news_test": {"0": "World", "1": "Sports", "2": "Business", "3": "Technology"}}
"""What people see of labels that are stored as numbers, by folder."""


@dataclass(frozen=True, slots=True)
class ClassificationWork:
    """Items with their gold labels, and what is asked of them."""

    name: str
    label_config: str
    instruction: str
    texts: list[str]
    gold: list[str]


def read_work(folder: Path, shown: Mapping[str, str], first: int | None) -> ClassificationWork:
    """Read a folder of either form.

    Args:
        folder: Holds `texts.csv` and a label config, or `items.csv` and `gold.csv`.
        shown: What the model is shown of a stored label.
        first: Items at most; None: all.

    Returns:
        Items with their gold labels.
    """
    if (folder / "label_config.xml").exists():
        table = pd.read_csv(folder / "texts.csv", dtype="str")[:first]
        config = (folder / "label_config.xml").read_text("utf-8")
        instruction = (folder / "instruction.txt").read_text("utf-8").strip()
        return ClassificationWork(
            folder.name, config, instruction, [*table["text"]], [*table["gold"]]
        )
    items = pd.read_csv(folder / "items.csv", dtype="str", keep_default_na=False)
    gold = pd.read_csv(folder / "gold.csv", dtype="str").set_index("task")["label"]
    labels = sorted(gold.dropna().unique())
    table = items.assign(gold=items["item_id"].map(gold)).dropna(subset=["gold"])[:first]
    config = label_config_of(labels, shown or SHOWN.get(folder.resolve().name, {}))
    return ClassificationWork(folder.name, config, "", [*table["text"]], [*table["gold"]])


def label_config_of(labels: Sequence[str], shown: Mapping[str, str]) -> str:
    """Write a label config that asks for one of the labels.

    Args:
        labels: As they are stored.
        shown: What the model is shown of a stored label; one that is absent is shown as it is.

    Returns:
        The label config, XML.
    """
    choices = "".join(
        f"<Choice value={quoteattr(shown.get(label, label))} alias={quoteattr(label)}/>"
        for label in labels
    )
    return (
        '<View><Text name="text" value="$text"/>'
        f'<Choices name="label" toName="text" choice="single">{choices}</Choices></View>'
    )


def tasks_of(form: Form, texts: Sequence[str]) -> list[dict[str, Any]]:
    """Write texts as tasks.

    Args:
        form: Names the field that the texts stand in.
        texts: The texts.

    Returns:
        The tasks' data, one per text.
    """
    return [{"data": form.data_of(text)} for text in texts]
