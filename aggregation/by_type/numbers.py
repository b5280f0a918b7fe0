"""`NUMBER`: the median, in which those weigh more who are usually near it.

Where a worker's numbers lie around the truth with Laplace noise of scale b_w, the most probable
truth is the median with weights 1/b_w. The two are found in turn, as truth discovery does (Li et
al. 2014), with medians for means, since one slip of the finger moves a mean anywhere:

    x_t = weighted median of the votes on t
    b_w = (S · b + Σ_t |v_wt - x_t without w|) / (S + n_w)

with S = `STRENGTH` and b the crowd's mean distance. A vote is held against the median of the
*other* votes: the one with its own would follow it, and whoever is ahead would soon be right by
decree. Distances count up to `CAP` times their median, so that no slip ruins a worker, or all the
others by moving b.

The model's value is one more observation, whose noise is known: its calibrated confidence c counts
as many votes of the crowd's noise as its log-odds are those of a vote that is right with
probability g = `GUESS`,

    b_model = b · log(g / (1 - g)) / log(c / (1 - c))

so it is in the median, weighs at most a few votes, and below one half it has none.

Papers:
    Q. Li et al., "Resolving conflicts in heterogeneous data by truth discovery and source
    reliability estimation", SIGMOD 2014.
"""

from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd

from aggregation.by_type.base import (
    STRENGTH,
    Beliefs,
    TypeAggregator,
    TypeConsensus,
    confidence_by_similarity,
    skills_by_similarity,
)
from aggregation.classification.bayesian import SMOOTHING
from aggregation.classification.expectation_maximisation import TOLERANCE
from aggregation.classification.worker_models import GUESS
from labeling.answers.similarity import number_of, similarity
from labeling.answers.types import AnswerType, shortest
from labeling.mathtypes import Floats, Indices

CAP = 5.0
"""How many times the median distance from the consensus a distance counts at most."""
ROUNDS = 20


class Numbers(TypeAggregator):
    """A number a task. Of an even split it is the middle between the two halves.

    Two numbers have nothing in common where they are further apart than the quartiles of all votes;
    `confidence_` and `skills_` are likenesses by that measure.

    Attributes:
        noise_: The b of each worker, in the unit of the numbers, by worker; after `fit`.

    Examples:
        >>> import pandas as pd
        >>> votes = pd.DataFrame(
        ...     [
        ...         (1, "ann", "10"),
        ...         (1, "bob", "11"),
        ...         (1, "cyd", "90"),
        ...     ],
        ...     columns=["task", "worker", "label"],
        ... )
        >>> Numbers().fit(votes).labels_.to_dict()
        {1: '11'}
    """

    noise_: "pd.Series[float]"

    def _agree(self, ballots: pd.DataFrame, beliefs: Beliefs) -> TypeConsensus:
        rows, tasks = pd.factorize(ballots["task"], sort=True)
        voters, workers = pd.factorize(ballots["worker"], sort=True)
        said = np.array([number_of(answer) for answer in ballots["label"]])
        of_model = [(row, beliefs[task]) for row, task in enumerate(tasks) if task in beliefs]
        weights = np.array([_worth(one.confidence) for _, one in of_model])
        observed = _Observed(
            np.append(said, [number_of(one.label) for _, one in of_model]),
            np.append(rows, np.array([row for row, _ in of_model], dtype=np.intp)),
            np.append(voters, np.full(len(of_model), len(workers))),
            np.append(np.ones(len(said)), weights),
        )
        medians, noise = _estimate(observed.kept(), len(workers))
        self.noise_ = pd.Series(noise, index=pd.Index(workers, name="worker"), name="noise")
        labels = {int(t): shortest(x) for t, x in zip(tasks, medians.tolist(), strict=True)}
        low, high = np.quantile(said, [0.25, 0.75])
        similarity_of = partial(similarity, AnswerType.NUMBER, spread=float(high - low))
        skills = skills_by_similarity(ballots, labels, similarity_of)
        confidence = confidence_by_similarity(ballots, labels, skills, similarity_of, beliefs)
        return TypeConsensus(labels, confidence, skills)


def _worth(confidence: float) -> float:
    """Return how many votes of the crowd's noise an answer of the model is worth."""
    kept = (1 - SMOOTHING) * confidence + SMOOTHING / 2
    return max(0.0, float(np.log(kept / (1 - kept)) / np.log(GUESS / (1 - GUESS))))


@dataclass(frozen=True, slots=True, eq=False)
class _Observed:
    """Numbers that somebody gave; the model's have a number behind the workers'.

    Attributes:
        numbers: What was said.
        rows: The task of each, from 0 on.
        voters: Who said it.
        worth: How many votes of somebody of that noise it is worth.
    """

    numbers: Floats
    rows: Indices
    voters: Indices
    worth: Floats

    def kept(self) -> "_Observed":
        """Return those that are worth anything, by task and number."""
        order = np.lexsort((self.numbers, self.rows))
        order = order[self.worth[order] > 0]
        return _Observed(
            self.numbers[order], self.rows[order], self.voters[order], self.worth[order]
        )


def _estimate(observed: _Observed, workers: int) -> tuple[Floats, Floats]:
    """Alternate between the workers' noises and the tasks' medians, which are in order of rows."""
    numbers, rows, voters = observed.numbers, observed.rows, observed.voters
    is_person = voters < workers
    tasks = np.split(np.arange(len(rows)), np.flatnonzero(np.diff(rows)) + 1)
    shared = is_person & (np.bincount(rows, weights=is_person)[rows] > 1)
    counts = np.bincount(voters[shared], minlength=workers)
    noise: Floats = np.ones(workers + 1)
    for _ in range(ROUNDS if shared.any() else 0):
        weights = observed.worth / noise[voters]
        distances = np.concatenate([_from_others(numbers[own], weights[own]) for own in tasks])
        apart = distances[is_person & (distances > 0)]
        if not apart.size:
            break
        capped = np.minimum(distances, CAP * np.median(apart))[shared]
        sums = np.bincount(voters[shared], weights=capped, minlength=workers)
        crowd = capped.mean()
        last, noise = noise, np.append((STRENGTH * crowd + sums) / (STRENGTH + counts), crowd)
        if np.allclose(noise, last, rtol=TOLERANCE, atol=0.0):
            break
    weights = observed.worth / noise[voters]
    medians = np.array([_weighted_median(numbers[own], weights[own]) for own in tasks])
    return medians, noise[:workers]


def _from_others(ascending: Floats, weights: Floats) -> Floats:
    """Return how far each number is from the weighted median of the others; 0 without others."""
    if len(ascending) == 1:
        return np.zeros(1)
    return np.array(
        [
            abs(number - _weighted_median(np.delete(ascending, i), np.delete(weights, i)))
            for i, number in enumerate(ascending)
        ]
    )


def _weighted_median(ascending: Floats, weights: Floats) -> float:
    # Shares are rounded, so that halves of equal weights are halves.
    below = (np.cumsum(weights) / weights.sum()).round(9)
    at = int(np.searchsorted(below, 0.5))
    if below[at] == 0.5:
        return float(ascending[at] / 2 + ascending[at + 1] / 2)
    return float(ascending[at])
