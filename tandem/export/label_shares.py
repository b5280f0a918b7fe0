"""The probability or the share of each label, in the order of a control's labels."""

from collections.abc import Mapping, Sequence
from typing import Any


def in_order(known: Mapping[str, float] | None, labels: Sequence[str]) -> list[float] | None:
    """Return what is known of each label, in order; None where nothing is known of any.

    Args:
        known: A number of each label; what is left out is 0.
        labels: The labels.
    """
    return None if known is None else [known.get(label, 0.0) for label in labels]


def of_entries(
    entries: Sequence[Mapping[str, Any]] | None, labels: Sequence[str]
) -> list[float] | None:
    """Return the probability of each label, in order; None where nothing is known of any.

    Args:
        entries: Labels and their probability; see `aggregation.dataset.controls`.
        labels: The labels.
    """
    known = {one["entry"]: one["probability"] for one in entries or ()}
    return in_order(known or None, labels)


def of_votes(votes: Sequence[Any], labels: Sequence[str]) -> list[float] | None:
    """Return the share of votes that give each label, or hold it; None where nobody voted.

    Args:
        votes: Answers, each a label or a list of labels.
        labels: The labels.
    """
    given = [set(map(str, one)) if isinstance(one, list) else {str(one)} for one in votes]
    return [sum(label in one for one in given) / len(given) for label in labels] if given else None
