"""The columns of a labelled dataset: what each holds, typed for Arrow and for Hugging Face.

`label` is the answer of the one control; of several, each control's name is a column. What is one
of a closed set is a number, whose name the features tell (`ClassLabel`).
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from labeling.answers.types import AnswerType
from labeling.controls import Control
from tandem.export.label_shares import in_order, of_entries, of_votes
from tandem.export.labelled_dataset import LabelledDataset, LabelledTask

Feature = dict[str, Any]
"""A feature in the words of a dataset card's YAML header, without its name."""

CLOSED = (AnswerType.CLASS, AnswerType.PAIR)
VOTED = (*CLOSED, AnswerType.SCALE)

INTEGER: Feature = {"dtype": "int64"}
STRING: Feature = {"dtype": "string"}
NUMBER: Feature = {"dtype": "float64"}
TRUTH: Feature = {"dtype": "bool"}
NUMBERS: Feature = {"sequence": "float64"}
STRINGS: Feature = {"sequence": "string"}


@dataclass(frozen=True)
class DatasetColumn:
    """A column.

    Attributes:
        name: Its name.
        says: What it holds, in a sentence.
        feature: Its type.
        read: Returns its value of an example; None: it has none.
        names: The labels that its numbers stand for, or that its shares are of, in order.
    """

    name: str
    says: str
    feature: Feature
    read: Callable[[LabelledTask], Any]
    names: Sequence[str] = field(default=())


def columns_of(dataset: LabelledDataset) -> tuple[DatasetColumn, ...]:
    """Return the columns of a labelled dataset, in their order."""
    columns: dict[str, DatasetColumn] = {}
    for column in _columns(dataset):
        name = column.name
        while name in columns:
            name = f"{name}_"
        columns[name] = DatasetColumn(name, column.says, column.feature, column.read, column.names)
    return tuple(columns.values())


def arrow_type(feature: Feature) -> Any:
    """Return the Arrow type of a feature."""
    import pyarrow as pa  # type: ignore[import-untyped]

    match feature:
        case {"list": fields}:
            return pa.list_(pa.struct([(one["name"], arrow_type(one)) for one in fields]))
        case {"sequence": str(inner)}:
            return pa.list_(arrow_type({"dtype": inner}))
        case {"sequence": inner}:
            return pa.list_(arrow_type(inner))
        case {"class_label": _} | {"dtype": {"class_label": _}}:
            return pa.int64()
    return {
        "int64": pa.int64(),
        "float64": pa.float64(),
        "string": pa.string(),
        "bool": pa.bool_(),
    }[feature["dtype"]]


def _columns(data: LabelledDataset) -> Iterator[DatasetColumn]:
    checks = data.checks
    yield DatasetColumn("task", "The task's number in Label Studio.", INTEGER, lambda one: one.task)
    for name in data.form.objects:
        alone = "text" if len(data.form.objects) == 1 else name
        yield DatasetColumn(alone, "What people read.", STRING, partial(_text, name))
    for control in data.form.controls:
        yield from _of_control(control, data)
    yield DatasetColumn(
        "source",
        "Who labelled it: `people`, `model`, or `both` together.",
        STRING,
        lambda one: one.row["source"],
    )
    if len(data.form.controls) > 1:
        yield DatasetColumn(
            "confidence",
            "How probable the whole label is, by all that is known.",
            NUMBER,
            lambda one: one.row["confidence"],
        )
    yield DatasetColumn(
        "votes",
        "People's answers, each with who gave it, as text.",
        {"list": [{"name": "worker", **STRING}, {"name": "label", **STRING}]},
        lambda one: [
            {"worker": data.workers[vote["worker"]], "label": vote["label"]}
            for vote in one.row["votes"]
        ],
    )
    yield DatasetColumn(
        "model_label", "The model's answer.", STRING, lambda one: one.row["model_label"]
    )
    yield DatasetColumn(
        "model_confidence",
        "How sure the model is of it.",
        NUMBER,
        lambda one: one.row["model_confidence"],
    )
    yield DatasetColumn(
        "duplicate_group",
        "The smallest task of those with the same text, or nearly.",
        INTEGER,
        lambda one: checks.duplicates.group_of.get(one.task),
    )
    yield DatasetColumn(
        "contradicts",
        "Whether the same text has another label elsewhere.",
        TRUTH,
        lambda one: one.task in checks.contradicting,
    )
    if checks.grounded:
        yield DatasetColumn(
            "grounded",
            "Whether what was written or marked stands in the text.",
            TRUTH,
            lambda one: checks.grounded.get(one.task),
        )


def _text(name: str, example: LabelledTask) -> str | None:
    return example.texts.get(name)


def _of_control(control: Control, data: LabelledDataset) -> Iterator[DatasetColumn]:
    own = control.from_name
    is_only = len(data.form.controls) == 1
    name, prefix = ("label", "") if is_only else (own, f"{own}_")
    names = _names(control, data)

    def told(example: LabelledTask, column: str) -> Any:
        return example.controls[own][column]

    yield _label(name, control, names)
    yield DatasetColumn(
        f"{prefix}confidence",
        "How probable that is, by all that is known.",
        NUMBER,
        lambda one: told(one, "confidence"),
    )
    if control.answer_type in (*VOTED, AnswerType.SET):
        yield DatasetColumn(
            f"{prefix}soft_label",
            "How probable each label is, by all that is known, in the order of the labels.",
            NUMBERS,
            lambda one: of_entries(told(one, "entries"), names),
            names,
        )
        yield DatasetColumn(
            f"{prefix}vote_shares",
            "The share of people who gave each label, in the order of the labels.",
            NUMBERS,
            lambda one: of_votes([vote["label"] for vote in told(one, "votes")], names),
            names,
        )
    if control.answer_type in VOTED:
        yield DatasetColumn(
            f"{prefix}people_distribution",
            "The share of people who would give each label, as far as all votes tell.",
            NUMBERS,
            lambda one: in_order(told(one, "people_distribution"), names),
            names,
        )
        yield DatasetColumn(
            f"{prefix}no_single_truth",
            "Whether people differ so that no label is simply right.",
            TRUTH,
            lambda one: told(one, "no_single_truth"),
        )


def _label(name: str, control: Control, names: Sequence[str]) -> DatasetColumn:
    """Return the column of a control's answer."""
    own, place = control.from_name, {label: number for number, label in enumerate(names)}
    classes: Feature = {"class_label": {"names": {str(n): one for n, one in enumerate(names)}}}
    span = [
        {"name": "start", **INTEGER},
        {"name": "end", **INTEGER},
        {"name": "label", "dtype": classes},
        {"name": "text", **STRING},
    ]

    def told(example: LabelledTask) -> Any:
        return example.controls[own]["label"]

    match control.answer_type:
        case AnswerType.CLASS | AnswerType.PAIR:
            feature, says = {"dtype": classes}, "The label."
            return DatasetColumn(name, says, feature, lambda one: place.get(told(one)), names)
        case AnswerType.SCALE:
            return DatasetColumn(name, "The step, from 1.", INTEGER, told)
        case AnswerType.NUMBER:
            return DatasetColumn(name, "The number.", NUMBER, told)
        case AnswerType.SET:
            feature, says = {"sequence": classes}, "The labels."
            return DatasetColumn(
                name, says, feature, lambda one: _each(told(one), place.__getitem__), names
            )
        case AnswerType.PATHS:
            feature = {"sequence": {"sequence": "string"}}
            return DatasetColumn(name, "Places in the tree, each from its root.", feature, told)
        case AnswerType.TEXT:
            return DatasetColumn(name, "What was written.", STRINGS, told)
        case AnswerType.SPANS:
            says = (
                "The spans: first character, character behind the last, label, text, probability."
            )
            fields = [*span, {"name": "probability", **NUMBER}]
            return DatasetColumn(
                name,
                says,
                {"list": fields},
                lambda one: _spans(told(one), one.controls[own]["entries"], place),
                names,
            )
    says = "What is said of each span, as JSON, with the span."
    return DatasetColumn(
        name,
        says,
        {"list": [*span, {"name": "answer", **STRING}]},
        lambda one: _each(told(one), lambda region: _region(region, place)),
        names,
    )


def _names(control: Control, data: LabelledDataset) -> tuple[str, ...]:
    """Return the labels that a control offers, then those that were once given and are no more."""
    offered = [candidate.value for candidate in control.candidates]
    used: set[str] = set()
    for example in data.examples:
        label = example.controls[control.from_name]["label"]
        match control.answer_type:
            case AnswerType.CLASS | AnswerType.PAIR if label is not None:
                used.add(label)
            case AnswerType.SET:
                used.update(label or ())
            case AnswerType.SPANS | AnswerType.REGIONS:
                used.update(one["label"] for one in label or ())
    is_of_regions = control.answer_type is AnswerType.REGIONS
    return tuple(dict.fromkeys([*([] if is_of_regions else offered), *sorted(used)]))


def _each(values: Sequence[Any] | None, read: Callable[[Any], Any]) -> list[Any] | None:
    return None if values is None else [read(one) for one in values]


def _spans(
    spans: Sequence[Mapping[str, Any]] | None,
    entries: Sequence[Mapping[str, Any]] | None,
    place: Mapping[str, int],
) -> list[dict[str, Any]] | None:
    known = {_key(one["entry"]): one["probability"] for one in entries or ()}
    return _each(
        spans,
        lambda one: {**one, "label": place[one["label"]], "probability": known.get(_key(one))},
    )


def _key(span: Mapping[str, Any]) -> tuple[int, int, str]:
    return span["start"], span["end"], span["label"]


def _region(region: Mapping[str, Any], place: Mapping[str, int]) -> dict[str, Any]:
    answer = json.dumps(region["answer"], ensure_ascii=False)
    return {**region, "label": place[region["label"]], "answer": answer}
