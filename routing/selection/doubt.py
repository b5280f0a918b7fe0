"""A text's doubt from the doubts of all that is asked of it.

A form asks several things, and a control may: whether each of several labels applies. The doubt of
a text is the mean over its questions, or that of the least certain one, so that neither many labels
nor a long text make it more doubtful than another.
"""

from collections.abc import Callable
from typing import TypeAlias

import numpy as np

from labeling.mathtypes import Floats, Indices
from routing.selection.pool import Pool, Reals

Measure: TypeAlias = Callable[[Reals], Floats]
"""Takes probabilities, shape (items, questions, outcomes); returns (items, questions) doubts."""


def mean_doubt(pool: Pool, candidates: Indices, measure: Measure) -> Floats:
    """Return each text's mean doubt: over the questions of each control, then over the controls.

    Args:
        pool: The texts.
        candidates: Those that are asked for.
        measure: Says how doubtful each question is.

    Returns:
        Doubts, shape (candidates,).
    """
    rows = pool.probabilities[candidates]
    doubts: Floats = np.mean([measure(one.of(rows)).mean(axis=1) for one in pool.asked], axis=0)
    return doubts


def most_doubt(pool: Pool, candidates: Indices, measure: Measure) -> Floats:
    """Return the doubt of each text's least certain question.

    Args:
        pool: The texts.
        candidates: Those that are asked for.
        measure: Says how doubtful each question is.

    Returns:
        Doubts, shape (candidates,).
    """
    rows = pool.probabilities[candidates]
    most: Floats = np.max([measure(one.of(rows)).max(axis=1) for one in pool.asked], axis=0)
    return most
