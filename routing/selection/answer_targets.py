"""People's answers as a learner is taught them: as one question, or as several."""

from collections import Counter
from collections.abc import Sequence

import numpy as np

from labeling.answers.types import AnswerType, spans_of, strings_of
from labeling.mathtypes import Indices

MOST_LABELS = 200
"""Labels of one choice at most: a learner of more is slow, and learns little of each."""

MOST_QUESTIONS = 20
"""Labels of a set or of spans that are asked about, the most frequent."""

_CHOICES = (AnswerType.CLASS, AnswerType.PATHS, AnswerType.PAIR, AnswerType.SCALE)


def answer_targets(answer_type: AnswerType, answers: Sequence[str | None]) -> list[Indices]:
    """Return what people said of texts, by questions.

    Of a set, it is whether each label applies; of spans, whether the text has any of each label.

    Args:
        answer_type: What sort of thing an answer is.
        answers: Of each text; None: nothing was asked there.

    Returns:
        One array a question: the outcome of each text, counted from 0, shape (texts,). None of
        what somebody writes, of what is said of spans, and of too many labels.

    Examples:
        >>> [one.tolist() for one in answer_targets(AnswerType.SET, ['["a","b"]', '["b"]', "[]"])]
        [[1, 1, 0], [1, 0, 0]]
    """
    if answer_type in _CHOICES:
        places = {one: place for place, one in enumerate(sorted({one or "" for one in answers}))}
        if len(places) > MOST_LABELS:
            return []
        return [np.array([places[one or ""] for one in answers], dtype=np.intp)]
    if answer_type not in (AnswerType.SET, AnswerType.SPANS):
        return []
    named = [_labels(answer_type, one) for one in answers]
    ranked = Counter(label for one in named for label in sorted(one)).most_common(MOST_QUESTIONS)
    return [np.array([label in one for one in named], dtype=np.intp) for label, _ in ranked]


def _labels(answer_type: AnswerType, answer: str | None) -> frozenset[str]:
    """Return the labels that an answer names."""
    if answer is None:
        return frozenset()
    if answer_type is AnswerType.SET:
        return frozenset(strings_of(answer))
    return frozenset(label for _, _, label in spans_of(answer))
