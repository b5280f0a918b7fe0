"""A folder of recorded work: texts, what real people said of them in order, and the right labels.

- `crowd.csv`: `task, worker, label`, a row a vote, in the order in which they were given; where
  it was measured, `seconds`.
- `gold.csv`: `task, label`, the right labels, of all tasks or of some.
- `items.csv`: `item_id, text`; of pairs, also `hypothesis`.
- `llm.csv`, if there: `task, model, label` of one or more models, and `confidence` where they
  stated one.
- `label_config.xml` and `instruction.txt`, if there: what is asked. Otherwise it is one choice of
  the labels that occur.
"""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeAlias
from xml.sax.saxutils import quoteattr

import numpy as np
import pandas as pd

from labeling.errors import SettingsError
from labeling.mathtypes import Indices
from tandem.replay.model_labels import ModelLabels, read_model_labels

Frame: TypeAlias = pd.DataFrame

PARTS = ("text", "hypothesis")
"""The columns of `items.csv` that together are an item's text."""


@dataclass(frozen=True, slots=True)
class RecordedWork:
    """What a folder holds, tasks and labels by number.

    Attributes:
        name: The folder's name.
        tasks: The tasks that people voted on, by number.
        labels: Every label, by number.
        texts: The text of each task; None: there are none.
        gold: The right label of each task, shape (tasks,); -1 where none is known.
        votes: A row a vote, in order: `task`, `worker`, `label`, `seconds` (NaN: not measured).
        model_labels: The labels that a model gave before; None: there are none.
        label_config: What is asked, as Label Studio's XML.
        instruction: What annotators are told; empty: nothing.
    """

    name: str
    tasks: tuple[str, ...]
    labels: tuple[str, ...]
    texts: tuple[str, ...] | None
    gold: Indices
    votes: Frame
    model_labels: ModelLabels | None
    label_config: str
    instruction: str

    def shuffled(self, seed: int) -> "RecordedWork":
        """Return the same work with its votes in another order.

        Args:
            seed: Of the order.
        """
        order = np.random.default_rng([seed, 11]).permutation(len(self.votes))
        return replace(self, votes=self.votes.iloc[order].reset_index(drop=True))

    def first(self, items: int) -> "RecordedWork":
        """Return the work on the first texts alone.

        Args:
            items: How many.
        """
        return replace(
            self,
            tasks=self.tasks[:items],
            texts=None if self.texts is None else self.texts[:items],
            gold=self.gold[:items],
            votes=self.votes[self.votes["task"] < items].reset_index(drop=True),
        )


def read_folder(folder: Path) -> RecordedWork:
    """Read a folder.

    Args:
        folder: Holds `crowd.csv`, `gold.csv` and `items.csv`, or `llm.csv` in the latter's place.

    Returns:
        Its tasks, labels and votes.

    Raises:
        SettingsError: A file or a column is missing, or nothing fits together.
    """
    crowd = _table(folder / "crowd.csv", ("task", "worker", "label"))
    crowd = crowd[crowd["label"] != ""].drop_duplicates(["task", "worker"])
    if crowd.empty:
        raise SettingsError(
            "Nobody answered anything",
            where=str(folder / "crowd.csv"),
            hint="Write a row for each answer: its task, who gave it, and the label.",
        )
    gold = _table(folder / "gold.csv", ("task", "label")).set_index("task")["label"]
    by_model = _by_model(folder / "llm.csv", crowd["task"])
    if by_model is not None:
        crowd = crowd[crowd["task"].isin(by_model.labels.index)]
    tasks = tuple(dict.fromkeys(crowd["task"]))
    gold = gold[gold.index.isin(tasks) & (gold != "")]
    if gold.empty:
        raise SettingsError(
            "No task that people answered has a right label",
            where=str(folder / "gold.csv"),
            hint="Use the same task names as in crowd.csv.",
        )
    if not {*gold} & {*crowd["label"]}:
        raise SettingsError(
            f"None of the right labels was ever given, such as {gold.iloc[0]!r}",
            where=str(folder / "gold.csv"),
            hint=f"Write labels as crowd.csv does, such as {crowd['label'].iloc[0]!r}.",
        )
    said = () if by_model is None else by_model.labels
    labels = tuple(sorted({*crowd["label"], *gold, *said}))
    if len(labels) == 1:
        raise SettingsError(
            f"All labels are {labels[0]!r}, so there was nothing to choose",
            where=str(folder),
            hint="Replay answers among which two labels occur at least.",
        )
    places = {label: place for place, label in enumerate(labels)}
    numbers = {task: place for place, task in enumerate(tasks)}
    seconds = crowd["seconds"] if "seconds" in crowd else pd.Series(np.nan, crowd.index)
    votes = pd.DataFrame(
        {
            "task": crowd["task"].map(numbers),
            "worker": crowd["worker"],
            "label": crowd["label"].map(places),
            "seconds": pd.to_numeric(seconds, errors="coerce"),
        }
    ).reset_index(drop=True)
    right = [places[gold[task]] if task in gold.index else -1 for task in tasks]
    return RecordedWork(
        name=folder.resolve().name,
        tasks=tasks,
        labels=labels,
        texts=_texts(folder / "items.csv", tasks, is_needed=by_model is None),
        gold=np.array(right, dtype=np.intp),
        votes=votes,
        model_labels=by_model,
        label_config=_written(folder / "label_config.xml") or _one_choice(labels),
        instruction=_written(folder / "instruction.txt").strip(),
    )


def _table(file: Path, columns: tuple[str, ...]) -> Frame:
    if not file.exists():
        raise SettingsError(
            f"There is no {file.name}",
            where=str(file.parent),
            hint=f"Write one with the columns {', '.join(columns)}.",
        )
    try:
        table = pd.read_csv(file, dtype="str", keep_default_na=False)
    except (pd.errors.EmptyDataError, pd.errors.ParserError, UnicodeDecodeError) as error:
        raise SettingsError(
            f"It cannot be read as a table: {' '.join(str(error).split())}",
            where=str(file),
            hint=f"Write it as CSV in UTF-8, with the columns {', '.join(columns)}.",
        ) from error
    missing = [name for name in columns if name not in table]
    if missing:
        raise SettingsError(
            f"The column {missing[0]} is missing",
            where=str(file),
            hint=f"It needs the columns {', '.join(columns)}.",
        )
    return table


def _by_model(file: Path, among: "pd.Series[str]") -> ModelLabels | None:
    return read_model_labels(file, frozenset(among)) if file.exists() else None


def _texts(file: Path, tasks: tuple[str, ...], *, is_needed: bool) -> tuple[str, ...] | None:
    if not is_needed and not file.exists():
        return None
    table = _table(file, ("item_id", "text") if is_needed else ("item_id",))
    parts = [name for name in PARTS if name in table]
    if not parts:
        return None
    joined = table[parts].agg("\n".join, axis=1)
    texts = dict(zip(table["item_id"], joined, strict=True))
    without = next((task for task in tasks if task not in texts), None)
    if without is not None:
        raise SettingsError(
            f"The task {without} has no text",
            where=str(file),
            hint="Give every task of crowd.csv a row with its item_id.",
        )
    return tuple(texts[task] for task in tasks)


def _written(file: Path) -> str:
    return file.read_text("utf-8") if file.exists() else ""


def _one_choice(labels: tuple[str, ...]) -> str:
    choices = "".join(f"<Choice value={quoteattr(label)}/>" for label in labels)
    return (
        '<View><Text name="text" value="$text"/>'
        f'<Choices name="label" toName="text" choice="single">{choices}</Choices></View>'
    )
