"""Large populations, told by smaller ones that are spread alike. Pure."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from routing.planning.basis import Basis
from routing.planning.course import Course

Floats = NDArray[np.float64]


def resampled(errors: Floats, count: int) -> Floats:
    """Return so many predicted errors that are spread as these are, ascending.

    Args:
        errors: Shape (tasks,), of one task at least where any are to be given.
        count: How many to return.

    Returns:
        Predicted errors, shape (count,).
    """
    if not count:
        return np.empty(0)
    places = (np.arange(count) + 0.5) / count * (len(errors) - 1)
    # numpy.quantile gives the same, in a time that grows with the square of the tasks.
    return np.interp(places, np.arange(len(errors)), np.sort(errors)).astype(np.float64)


def thinned(basis: Basis, scale: float) -> Basis:
    """Return a basis of fewer tasks, whose predicted errors are spread alike.

    Args:
        basis: What is known of a population.
        scale: How many times fewer.
    """
    if scale == 1.0:
        return basis
    count = round(len(basis.errors) / scale)
    return replace(
        basis,
        errors=resampled(basis.errors, count),
        size=count + round((basis.size - len(basis.errors)) / scale),
        pilot=min(basis.pilot, count),
    )


def growth(courses: Sequence[Course], halves: Sequence[Course]) -> float:
    """Return the exponent by which audits grow with a population, from 0.0 to 1.0.

    Args:
        courses: Ways to its end.
        halves: Those of a population half as large, which is spread alike.
    """
    whole, half = (sum(one.audits for one in each) / len(each) for each in (courses, halves))
    return float(np.clip(np.log2(max(whole, 1.0) / max(half, 1.0)), 0.0, 1.0))


def grown(courses: Sequence[Course], scale: float, exponent: float) -> list[Course]:
    """Return what courses come to in a larger population, which is spread alike.

    Args:
        courses: Ways to the end.
        scale: How many times as large it is.
        exponent: See `growth`; reviews grow with the population itself.
    """
    return [
        replace(one, reviews=round(one.reviews * scale), audits=round(one.audits * scale**exponent))
        for one in courses
    ]
