"""Items of a training: texts whose labels are known and explained, and where they are shown."""

from collections.abc import Mapping

from routing.ledger.control_tasks import ControlTask
from routing.training import mark
from tests.support.known_answers import known_answer

LABELS = ("positive", "negative")

TEXTS = (
    "I would see it again tomorrow, said number {}.",
    "Dull, and far too long, said number {}.",
)
"""Texts with these labels, in order."""

EXPLANATIONS = {"positive": "“Again tomorrow” is praise.", "negative": "“Far too long” is blame."}
"""Why each label is right of such a text."""


def known_answers(n: int) -> list[ControlTask]:
    """So many known answers, of both labels in turn, each with its explanation."""
    return [
        known_answer(one, label, EXPLANATIONS[label], text=TEXTS[one % 2].format(one))
        for one in range(1, n + 1)
        for label in [LABELS[one % 2]]
    ]


def label_of(text: str, *, right: bool) -> str:
    """The right label of one of the texts, or the other one."""
    return LABELS[("tomorrow" not in text) ^ (not right)]


def trainings(descriptions: Mapping[int, str], project: int) -> list[int]:
    """List the projects that bear the mark of a training project, whatever the ledger."""
    beginning = mark.marker(project, "")
    return [one for one, text in descriptions.items() if beginning in text]
