"""The model's beliefs of texts as one matrix, whatever the form asks."""

from collections.abc import Mapping, Sequence

import numpy as np

from labeling.mathtypes import Floats

MOST_LABELS = 1_000
"""Labels up to which each has a column: answers that are open have one a text."""


def belief_matrix(
    distributions: Sequence[Mapping[str, float]], confidences: Sequence[float]
) -> Floats:
    """Return what the model believes of texts.

    Where every text has a distribution over a few whole answers, a column is an answer. Elsewhere
    (several controls, sets, spans, regions, open answers) what is believed is that the answer is
    right, and that it is not.

    Args:
        distributions: The probability of each answer, one mapping a text; empty: not known.
        confidences: The probability that each text's answer is right, in [0, 1].

    Returns:
        Probabilities, shape (texts, labels or 2); each row sums to 1.

    Examples:
        >>> belief_matrix([{"a": 0.75, "b": 0.25}, {"a": 1.0}], [0.75, 1.0]).tolist()
        [[0.75, 0.25], [1.0, 0.0]]
        >>> belief_matrix([{}], [0.75]).tolist()
        [[0.75, 0.25]]
    """
    labels = sorted({label for one in distributions for label in one})
    is_known = all(sum(one.values()) > 0 for one in distributions)
    if not is_known or len(labels) < 2 or len(labels) > MOST_LABELS:
        right = np.array(confidences, dtype=np.float64)
        return np.column_stack([right, 1 - right])
    column = {label: place for place, label in enumerate(labels)}
    matrix = np.zeros((len(distributions), len(labels)))
    for row, distribution in zip(matrix, distributions, strict=True):
        row[[column[label] for label in distribution]] = [*distribution.values()]
    normalised: Floats = matrix / matrix.sum(axis=1, keepdims=True)
    return normalised
