"""The dataset card: what a dataset holds, who made it, how far it can be trusted, its limits.

It names nobody. From its YAML header Hugging Face's `datasets` reads the features and the parts;
below it is Markdown for people, made by `card.md.jinja`.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import yaml
from jinja2 import Environment, PackageLoader, StrictUndefined

from labeling.answers.types import AnswerType
from tandem.export.features import NUMBERS, DatasetColumn
from tandem.export.labelled_dataset import LabelledDataset
from tandem.pages import formats
from tandem.report.data import ReportData

UNKNOWN_LICENSE = "unknown"
"""What Hugging Face writes where nobody said under which terms a dataset may be used."""

SIZES = ((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (1_000_000, "100K<n<1M"))

MOST_LABELS = 100
"""Labels that the card counts, the most frequent first."""

TASKS = {
    AnswerType.CLASS: "text-classification",
    AnswerType.SET: "text-classification",
    AnswerType.SCALE: "text-classification",
    AnswerType.SPANS: "token-classification",
}
"""Hugging Face's name of what a model learns from answers of a type."""

_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>()#+!|~])")


@dataclass(frozen=True, slots=True)
class CardTerms:
    """What nobody but the user can say of a dataset.

    Attributes:
        license: Its licence, by its SPDX name in small letters, as Hugging Face writes it.
        language: The language of its texts, such as `en`; None: it is not said.
    """

    license: str = UNKNOWN_LICENSE
    language: str | None = None


@dataclass(frozen=True, slots=True)
class LabelCount:
    """How often a label was given.

    Attributes:
        column: The column that holds it.
        label: The label.
        counts: How often, in each split, in order.
    """

    column: str
    label: str
    counts: tuple[int, ...]


def card_of(
    data: LabelledDataset, columns: Sequence[DatasetColumn], report: ReportData, terms: CardTerms
) -> str:
    """Write the card.

    Args:
        data: The labelled dataset.
        columns: Its columns.
        report: What is known of its quality.
        terms: Licence and language.

    Returns:
        Markdown below a header in YAML.
    """
    environment = Environment(
        loader=PackageLoader("tandem.export", ""),
        autoescape=False,  # noqa: S701 - Markdown, not HTML; texts of others pass `plain`
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters.update(
        plain=plain, percent=formats.percent, rate=formats.rate, count=formats.count
    )
    return environment.get_template("card.md.jinja").render(
        header=yaml.safe_dump(_header(data, columns, report, terms), sort_keys=False),
        data=data,
        checks=data.checks,
        columns=columns,
        labels=label_counts(data, columns),
        r=report,
        people=sum(one.votes > 0 for one in report.reviewers),
        terms=terms,
        is_pseudonymous=data.is_pseudonymous,
        opinions=data.opinions,
        is_license_known=terms.license != UNKNOWN_LICENSE,
    )


def plain(text: str) -> str:
    """Write somebody's words so that Markdown shows them as they are, on one line."""
    return _MARKDOWN.sub(r"\\\1", " ".join(text.split()))


def label_counts(data: LabelledDataset, columns: Sequence[DatasetColumn]) -> Sequence[LabelCount]:
    """Count the labels of each column whose numbers stand for labels, the most frequent first.

    Args:
        data: The labelled dataset.
        columns: Its columns.

    Returns:
        Counts of at most `MOST_LABELS` labels.
    """
    found = []
    for column in columns:
        if column.names and column.feature != NUMBERS:
            in_parts = [
                Counter(place for one in examples for place in _places(column.read(one)))
                for examples in data.parts.values()
            ]
            own = [
                LabelCount(column.name, name, tuple(part[place] for part in in_parts))
                for place, name in enumerate(column.names)
            ]
            found += sorted(own, key=lambda one: -sum(one.counts))
    return found[:MOST_LABELS]


def _places(value: Any) -> list[int]:
    """Return the numbers of labels that a value of a column holds."""
    match value:
        case None:
            return []
        case list():
            return [one["label"] if isinstance(one, Mapping) else one for one in value]
    return [value]


def _header(
    data: LabelledDataset, columns: Sequence[DatasetColumn], report: ReportData, terms: CardTerms
) -> dict[str, Any]:
    kinds = (control.answer_type for control in data.form.controls)
    tasks = list(dict.fromkeys(TASKS[kind] for kind in kinds if kind in TASKS))
    size = next((name for most, name in SIZES if len(data.examples) < most), "n>1M")
    header: dict[str, Any] = {"pretty_name": report.title, "license": terms.license}
    if terms.language is not None:
        header["language"] = [terms.language]
    if tasks:
        header["task_categories"] = tasks
    return {
        **header,
        "size_categories": [size],
        "tags": ["label-studio", "tandem"],
        "configs": [
            {
                "config_name": "default",
                "data_files": [
                    {"split": name, "path": f"data/{name}.parquet"} for name in data.parts
                ],
            }
        ],
        "dataset_info": {"features": [{"name": one.name, **one.feature} for one in columns]},
    }
