"""What is taken off the labels' scores under an adapter: kept beside its weights."""

import json
from collections.abc import Sequence
from pathlib import Path

from labeling.json_values import numbers, record, texts

_FILE = "labels.json"


def write_prior(folder: Path, labels: Sequence[str], prior: Sequence[float]) -> None:
    """Write the prior beside an adapter.

    Args:
        folder: Where the adapter lies.
        labels: What it tells apart.
        prior: Natural logs, shape (labels,).
    """
    content = {"values": [*labels], "prior": [*prior]}
    (folder / _FILE).write_text(json.dumps(content), "utf-8")


def read_prior(folder: Path) -> tuple[float, ...]:
    """Read the prior that `write_prior` wrote.

    Raises:
        ValueError: It did not.
        OSError: It cannot be read.
    """
    found = record(json.loads((folder / _FILE).read_text("utf-8")), "values", "prior")
    prior = numbers(found["prior"])
    if len(prior) != len(texts(found["values"])):
        raise ValueError("the labels of an adapter have another number of priors")
    return prior
