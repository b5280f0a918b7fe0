"""`NUMBER`: the median, in which those weigh more who are usually near it.

Where a worker's numbers lie around the truth with Laplace noise of scale b_w, the most probable
truth is the median with weights 1/b_w, and the most probable b_w the mean distance from it. The two
are found in turn (the two-step form of Raykar et al. 2010 and of Li et al. 2014's truth discovery,
with the median for the mean, since one slip of the finger moves a mean anywhere):

    x_t = weighted median of the votes on t,     b_w = (S · b + Σ_t |v_wt - x_t|) / (S + n_w)

with S = `STRENGTH` and b the crowd's mean distance. Distances count up to `CAP` times their median,
so that no slip ruins a worker, or all the others by moving b. Only tasks with several votes count.

Papers:
    V. C. Raykar et al., "Learning from crowds", JMLR 11, 2010.
    Q. Li et al., "Resolving conflicts in heterogeneous data by truth discovery and source
    reliability estimation", SIGMOD 2014.
"""

from functools import partial

import numpy as np
import numpy.typing as npt
import pandas as pd

from aggregation.kinds.base import (
    STRENGTH,
    KindAggregator,
    Outcome,
    confidence_by_likeness,
    skills_by_likeness,
)
from aggregation.likeness import likeness, number_of
from labeling.answers import Kind

CAP = 5.0
"""How many times the median distance from the consensus a distance counts at most."""
ROUNDS = 20

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.intp]


class Numbers(KindAggregator):
    """A number a task. Of an even split it is the middle between the two halves.

    Two numbers have nothing in common where they are further apart than the quartiles of all votes;
    `confidence_` and `skills_` are likenesses by that measure.

    Attributes:
        noise_: The b of each worker, in the unit of the numbers, by worker; after `fit`.
    """

    noise_: "pd.Series[float]"

    def _agree(self, ballots: pd.DataFrame) -> Outcome:
        numbers = np.array([number_of(answer) for answer in ballots["label"]])
        rows, tasks = pd.factorize(ballots["task"], sort=True)
        voters, workers = pd.factorize(ballots["worker"], sort=True)
        medians, noise = _estimate(numbers, rows, voters)
        self.noise_ = pd.Series(noise, index=pd.Index(workers, name="worker"), name="noise")
        labels = {int(t): _shortest(x) for t, x in zip(tasks, medians.tolist(), strict=True)}
        low, high = np.quantile(numbers, [0.25, 0.75])
        alike = partial(likeness, Kind.NUMBER, spread=float(high - low))
        skills = skills_by_likeness(ballots, labels, alike)
        return Outcome(labels, confidence_by_likeness(ballots, labels, skills, alike), skills)


def _estimate(numbers: Floats, rows: Integers, voters: Integers) -> tuple[Floats, Floats]:
    """Alternate between the tasks' medians and the workers' noises."""
    shared = np.bincount(rows)[rows] > 1
    counts = np.bincount(voters[shared], minlength=voters.max() + 1)
    noise = np.ones(voters.max() + 1)
    medians = _medians(numbers, rows, 1.0 / noise[voters])
    for _ in range(ROUNDS):
        distances = np.abs(numbers - medians[rows])[shared]
        apart = distances[distances > 0]
        if not apart.size:
            break
        capped = np.minimum(distances, CAP * np.median(apart))
        sums = np.bincount(voters[shared], weights=capped, minlength=len(noise))
        noise = (STRENGTH * capped.mean() + sums) / (STRENGTH + counts)
        last, medians = medians, _medians(numbers, rows, 1.0 / noise[voters])
        if np.array_equal(medians, last):
            break
    return medians, noise


def _medians(numbers: Floats, rows: Integers, weights: Floats) -> Floats:
    order = np.lexsort((numbers, rows))
    starts = np.flatnonzero(np.diff(rows[order], prepend=-1))
    parts = zip(
        np.split(numbers[order], starts[1:]), np.split(weights[order], starts[1:]), strict=True
    )
    return np.array([_weighted_median(own, weight) for own, weight in parts])


def _weighted_median(ascending: Floats, weights: Floats) -> float:
    # Shares are rounded, so that halves of equal weights are halves.
    below = (np.cumsum(weights) / weights.sum()).round(9)
    at = int(np.searchsorted(below, 0.5))
    if below[at] == 0.5:
        return float(ascending[at] / 2 + ascending[at + 1] / 2)
    return float(ascending[at])


def _shortest(number: float) -> str:
    """Write a number in the canonical form of its kind."""
    return repr(number + 0.0).removesuffix(".0")
