"""How fast costs grow with the number of tasks, as exponents."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from math import log

from bench.controller.costs import PhaseCost


@dataclass(frozen=True, slots=True)
class Growth:
    """How a phase's cost grows from one size to the next: as tasks to the power of an exponent.

    Attributes:
        studio: `real` or `scripted`: both sizes were measured in the same.
        phase: What was done.
        tasks: The smaller size.
        to_tasks: The larger size.
        wall: The exponent of seconds: 0 where size does not matter, 1 where it is all.
        cpu: The exponent of the controller's CPU seconds.
        peak: The exponent of its memory.
    """

    studio: str
    phase: str
    tasks: int
    to_tasks: int
    wall: float
    cpu: float
    peak: float


def growth(costs: Sequence[PhaseCost]) -> list[Growth]:
    """Return how each phase grows from each size to the next one in the same Label Studio."""

    def phase_of(one: PhaseCost) -> tuple[str, str]:
        return one.studio, one.phase

    ordered = sorted(costs, key=lambda one: (*phase_of(one), one.tasks))
    return [
        _growth(smaller, larger)
        for _, rows in groupby(ordered, phase_of)
        for smaller, larger in pairwise(rows)
    ]


def exponent(sizes: tuple[int, int], values: tuple[float, float]) -> float:
    """Return the power of the size that a value grows with.

    >>> exponent((100, 1000), (2.0, 20.0))
    1.0

    Args:
        sizes: The smaller and the larger size.
        values: The value at each.
    """
    return log(values[1] / values[0]) / log(sizes[1] / sizes[0])


def _growth(smaller: PhaseCost, larger: PhaseCost) -> Growth:
    sizes = smaller.tasks, larger.tasks
    return Growth(
        larger.studio,
        larger.phase,
        *sizes,
        wall=exponent(sizes, (smaller.wall_seconds, larger.wall_seconds)),
        cpu=exponent(sizes, (smaller.cpu_seconds, larger.cpu_seconds)),
        peak=exponent(sizes, (smaller.peak_mb, larger.peak_mb)),
    )
