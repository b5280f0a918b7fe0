"""The model's beliefs of texts as one matrix, whatever a form asks: its controls side by side.

A control becomes one question or several. One choice, or a step of a scale, is one question, with a
column for each label. A set is a question for each label: whether it applies. Spans, and what is
asked of them, are one for each label of theirs, of which the least certain span tells, and one for
what was not found. What somebody writes is one question: whether it is right.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from aggregation.beliefs import PartBelief
from labeling.answers.types import AnswerType, content_of
from labeling.mathtypes import Floats
from routing.selection.pool import ControlColumns

MOST_LABELS = 1_000
"""Labels up to which each has a column: of more, only whether the answer is right is read."""

_Parts: TypeAlias = Sequence[PartBelief | None]


@dataclass(frozen=True, slots=True)
class ControlBeliefs:
    """What the model believes of its answers to one control.

    Attributes:
        answer_type: What sort of thing an answer is.
        parts: Of each text; None: the control does not show there, which is certain.
    """

    answer_type: AnswerType
    parts: Sequence[PartBelief | None]


def belief_matrix(
    controls: Sequence[ControlBeliefs],
) -> tuple[Floats, tuple[ControlColumns, ...]]:
    """Return what the model believes of texts.

    Args:
        controls: What it believes of each control's answers, each of the same texts.

    Returns:
        Probabilities, shape (texts, columns), and which columns are each control's. In each row the
        columns of one question sum to 1.

    Examples:
        >>> said = [PartBelief(0.75, {"a": 0.75, "b": 0.25}), PartBelief(1.0, {"a": 1.0})]
        >>> belief_matrix([ControlBeliefs(AnswerType.CLASS, said)])[0].tolist()
        [[0.75, 0.25], [1.0, 0.0]]
        >>> [row], [columns] = belief_matrix([ControlBeliefs(AnswerType.SET, said[:1])])
        >>> row.tolist(), columns.questions
        ([0.25, 0.75, 0.75, 0.25], 2)
    """
    blocks, columns, start = [], [], 0
    for one in controls:
        asked = _ASKED.get(one.answer_type, _written)(one.parts)
        texts, questions, outcomes = asked.shape
        columns.append(ControlColumns(start, questions, outcomes))
        blocks.append(asked.reshape(texts, questions * outcomes))
        start += questions * outcomes
    return np.concatenate(blocks, axis=1), tuple(columns)


def _choice(parts: _Parts) -> Floats:
    """Return the probability of each label; what is not known in words has a column of its own."""
    labels = _named(parts)
    if not 2 <= len(labels) <= MOST_LABELS:
        return _written(parts)
    column = {label: place for place, label in enumerate(labels)}
    matrix = np.zeros((len(parts), 1, len(labels) + 1))
    for row, part in zip(matrix[:, 0], parts, strict=True):
        if part is not None and sum(part.distribution.values()) > 0:
            row[[column[label] for label in part.distribution]] = [*part.distribution.values()]
        else:
            row[-1] = 1.0 if part is None else part.confidence
            row[:-1] = (1 - row[-1]) / len(labels)
    matrix /= matrix.sum(axis=2, keepdims=True)
    return matrix if matrix[..., -1].any() else matrix[..., :-1]


def _set(parts: _Parts) -> Floats:
    """Return the probability that each label applies.

    Of an answer that names none, Label Studio keeps no more than how probable it is.
    """
    labels = _named(parts)
    if not 1 <= len(labels) <= MOST_LABELS:
        return _written(parts)
    applies = np.zeros((len(parts), len(labels)))
    for row, part in zip(applies, parts, strict=True):
        if part is not None:
            rest = 0.0 if part.distribution else 1 - part.confidence ** (1 / len(labels))
            row[:] = [part.distribution.get(label, rest) for label in labels]
    return _yes_or_no(applies)


def _spans(parts: _Parts) -> Floats:
    """Return how probable each label's least certain span is, and that nothing else was missed.

    The last is the root of the whole answer's probability by the number of its spans and one more,
    so that a long text is not doubted for its length.
    """
    said = [_least_certain(part.distribution if part else {}) for part in parts]
    labels = sorted({label for one in said for label in one})[:MOST_LABELS]
    found = np.array([[one.get(label, 0.0) for label in labels] for one in said])
    whole = [
        one and PartBelief(one.confidence ** (1 / (1 + len(one.distribution)))) for one in parts
    ]
    return np.concatenate(
        [_yes_or_no(found.reshape(len(parts), len(labels))), _written(whole)], axis=1
    )


def _least_certain(spans: Mapping[str, float]) -> dict[str, float]:
    """Return the probability of each label's least certain span."""
    least: dict[str, float] = {}
    for name, probability in spans.items():
        label = str(content_of(name)[2])
        if abs(probability - 0.5) < abs(least.get(label, 2.0) - 0.5):
            least[label] = probability
    return least


def _written(parts: _Parts) -> Floats:
    """Return the probability that each answer is right, where the others cannot be told apart.

    What is surely wrong is doubted the most, as a coin flip is: it is not known to be anything
    else.
    """
    right = np.array([1.0 if one is None else (1 + one.confidence) / 2 for one in parts])
    return _yes_or_no(right.reshape(-1, 1))


def _yes_or_no(probabilities: Floats) -> Floats:
    """Return questions of two outcomes, shape (texts, questions, 2)."""
    within = np.clip(probabilities, 0, 1)
    return np.stack([1 - within, within], axis=2)


def _named(parts: _Parts) -> list[str]:
    """Return all labels that any belief names."""
    return sorted({label for one in parts if one for label in one.distribution})


_ASKED: Mapping[AnswerType, Callable[[_Parts], Floats]] = {
    AnswerType.CLASS: _choice,
    AnswerType.PATHS: _choice,
    AnswerType.PAIR: _choice,
    AnswerType.SCALE: _choice,
    AnswerType.SET: _set,
    AnswerType.SPANS: _spans,
    AnswerType.REGIONS: _spans,
}
"""By the type of answers, what makes questions of beliefs, shape (texts, questions, outcomes)."""
