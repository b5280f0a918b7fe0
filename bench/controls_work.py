"""What the controls' benchmark gives the model to do: templates, and real labelled texts as forms.

A template is a folder as in `examples/`. Of a folder with `items.csv` and `gold.csv` a form is
made: one choice of the gold labels, or, where gold has a `score` from -100 to 100, a rating of five
steps of equal width, the first up to -60: people place headlines on such a scale to within a step
rather than to a point, so that hardly any number would be hit.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from bench.classification_work import read_work
from labeling.answers.types import AnswerType, canonical_json
from labeling.controls import Control
from labeling.form.form import Form, parse

EXAMPLES = Path(__file__).parents[1] / "examples"

SHOWN = {
    "hs_brexit": {"0": "No hate speech", "1": "Hate speech"},
    "wiki_politeness": {"-1": "Impolite", "0": "Neutral", "1": "Polite"},
}
"""What people see of labels that are stored as numbers, by folder."""

SCORES_CONFIG = (
    '<View><Header value="How good or bad is the news, from 1, very bad, to 5, very good?"/>'
    '<Text name="text" value="$text"/>'
    '<Rating name="valence" toName="text" maxRating="5"/></View>'
)
LOWEST, HIGHEST, STEPS = -100, 100, 5

Shares = Mapping[str, float]
"""The share of people who gave each answer."""


@dataclass(frozen=True, slots=True)
class FormWork:
    """Items of one form, with their gold answers.

    Attributes:
        name: The folder's name.
        form: What is asked.
        instruction: What annotators are told.
        items: As the form reads them.
        gold: Each item's right answers, by control; a control that does not show has none.
        shares: What people answered, where a form of one choice has a crowd; else empty.
    """

    name: str
    form: Form
    instruction: str
    items: list[str]
    gold: list[dict[str, str]]
    shares: list[Shares]


def templates() -> list[Path]:
    """List the folders of the templates."""
    return sorted(config.parent for config in EXAMPLES.glob("*/label_config.xml"))


def read(folder: Path, first: int) -> FormWork:
    """Read a folder of any form; of more items than `first`, so many, evenly spread over it.

    Args:
        folder: A template, or real labelled texts.
        first: Items at most.

    Returns:
        The items, with their gold answers.
    """
    if (folder / "tasks.jsonl").exists():
        return _of_template(folder, first)
    if "score" in pd.read_csv(folder / "gold.csv", nrows=0):
        return _of_scores(folder, first)
    return _of_labels(folder, first)


def spread(count: int, first: int) -> list[int]:
    """Return the places of so many of `count` items at most, evenly spread: files may be sorted.

    Args:
        count: How many items there are.
        first: Items at most.

    Returns:
        The places, ascending.
    """
    return [int(place) for place in np.linspace(0, count, min(count, first), endpoint=False)]


def gold_answer(control: Control, content: Any) -> str:
    """Write a template's gold answer as Tandem does: what is one word stands for itself.

    Args:
        control: The control.
        content: The answer, as the template writes it.

    Returns:
        The answer, in its canonical form.
    """
    is_word = control.answer_type in {AnswerType.CLASS, AnswerType.PAIR}
    return str(content) if is_word else canonical_json(content)


def step_of_score(score: float) -> str:
    """Return the step of the scale that a score from -100 to 100 lies on."""
    width = (HIGHEST - LOWEST) / STEPS
    return str(min(STEPS, int((score - LOWEST) // width) + 1))


def shares_of(crowd: pd.DataFrame, tasks: Sequence[str]) -> list[Shares]:
    """Return how people's votes are spread over the labels of each task.

    Args:
        crowd: Votes `task, worker, label`.
        tasks: The tasks.

    Returns:
        The share of each label, per task.
    """
    by_task = {
        str(task): {str(label): float(share) for label, share in votes.items()}
        for task, votes in (
            (task, labels.value_counts(normalize=True))
            for task, labels in crowd.groupby("task")["label"]
        )
    }
    return [by_task.get(task, {}) for task in tasks]


def _of_template(folder: Path, first: int) -> FormWork:
    form = parse((folder / "label_config.xml").read_text("utf-8"))
    controls = {control.from_name: control for control in form.controls}
    lines = (folder / "tasks.jsonl").read_text("utf-8").splitlines()
    tasks = [json.loads(lines[place]) for place in spread(len(lines), first)]
    return FormWork(
        name=folder.name,
        form=form,
        instruction=(folder / "instruction.txt").read_text("utf-8").strip(),
        items=[form.item_of(task) for task in tasks],
        gold=[
            {name: gold_answer(controls[name], content) for name, content in task["gold"].items()}
            for task in tasks
        ],
        shares=[],
    )


def _of_scores(folder: Path, first: int) -> FormWork:
    items = pd.read_csv(folder / "items.csv", dtype="str", keep_default_na=False)
    scores = pd.read_csv(folder / "gold.csv", dtype={"task": "str"}).set_index("task")["score"]
    chosen = items.iloc[spread(len(items), first)]
    steps = [step_of_score(float(scores[task])) for task in chosen["item_id"]]
    gold = [{"valence": step} for step in steps]
    return FormWork(folder.name, parse(SCORES_CONFIG), "", [*chosen["text"]], gold, [])


def _of_labels(folder: Path, first: int) -> FormWork:
    every = read_work(folder, SHOWN.get(folder.resolve().name, {}), None)
    form = parse(every.label_config)
    places = spread(len(every.texts), first)
    gold = [{form.controls[0].from_name: every.gold[place]} for place in places]
    shares: list[Shares] = []
    if (folder / "crowd.csv").exists():
        crowd = pd.read_csv(folder / "crowd.csv", dtype="str")
        tasks = _tasks(folder)
        shares = shares_of(crowd, [tasks[place] for place in places])
    items = [every.texts[place] for place in places]
    return FormWork(every.name, form, every.instruction, items, gold, shares)


def _tasks(folder: Path) -> list[str]:
    """List the items that `read_work` gives: those with a gold label, in the file's order."""
    items = pd.read_csv(folder / "items.csv", dtype="str", keep_default_na=False)["item_id"]
    gold = pd.read_csv(folder / "gold.csv", dtype="str").dropna(subset=["label"])["task"]
    return [*items[items.isin(gold)]]
