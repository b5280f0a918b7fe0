"""The labelled tasks as a file that Label Studio's own importer takes, into another project.

Each task has the data and meta that it came with, the final label as an annotation, and the model's
answer as a prediction. People's own annotations stay where they are: in the file there is but the
label that they came to. Importing gives it to whoever imports.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from labeling.atomic_files import replacing
from labeling.controls import Region
from labeling.errors import AnswerError, TaskError
from labeling.form.form import Form
from routing.studio.models import StudioTask
from tandem.export.labelled_dataset import LabelledDataset, LabelledTask
from tandem.export.tables import into, writable

FILE = "tasks.json"
META_KEY = "tandem"


def write_label_studio(
    data: LabelledDataset, tasks: Sequence[StudioTask], folder: Path
) -> tuple[tuple[Path, ...], int]:
    """Write `tasks.json`.

    Args:
        data: The labelled dataset.
        tasks: The tasks, as Label Studio has them.
        folder: Where it is written.

    Returns:
        The file, and how many labels today's label config cannot hold: their tasks stand there
        without one.

    Raises:
        SettingsError: The folder cannot be written.
    """
    examples = {one.task: one for one in data.examples}
    told = [_told(task, examples[task.id], data) for task in tasks if task.id in examples]
    file = folder / FILE
    with into(folder), replacing(file) as draft:
        draft.write_text(json.dumps(writable(told), ensure_ascii=False, indent=1), "utf-8")
    return (file,), sum(not one["annotations"] for one in told)


def _told(task: StudioTask, example: LabelledTask, data: LabelledDataset) -> dict[str, Any]:
    row = example.row
    label = _result(data.form, row["label"], row["text"])
    belief = _result(data.form, row["model_label"], row["text"])
    prediction = {
        "result": belief,
        "score": row["model_confidence"],
        "model_version": row["model_version"] or "",
    }
    return {
        "data": dict(task.data),
        "meta": {**task.meta, META_KEY: _meta(example, data)},
        "annotations": [] if label is None else [{"result": label, "ground_truth": True}],
        "predictions": [] if belief is None else [prediction],
    }


def _meta(example: LabelledTask, data: LabelledDataset) -> Mapping[str, Any]:
    return {
        "task": example.task,
        "split": data.checks.parts[example.task],
        "source": example.row["source"],
        "confidence": example.row["confidence"],
        "no_single_truth": example.row["no_single_truth"],
        "people_distribution": {
            control: told["people_distribution"]
            for control, told in example.controls.items()
            if told["people_distribution"]
        },
    }


def _result(form: Form, answer: str | None, item: str) -> list[Region] | None:
    """Write an answer as Label Studio stores it; None where it is none of today's form."""
    try:
        return None if answer is None else form.encode(answer, item)
    except (AnswerError, TaskError):
        return None
