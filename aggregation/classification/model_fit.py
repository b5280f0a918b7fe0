"""The models of workers' errors by name, from the simplest on, and how each is fitted.

- `one-coin`: one accuracy a worker, estimated together with the truth.
- `per-label-one-step`, `confusion-one-step`: the truth that one coin finds tells how workers err
  on each label, and this tells the truth, once. A label cannot wander there: where labels are near
  each other, or people careless, a fit of everything at once may explain more votes by taking one
  label's tasks for another's. After a good start, one step is as good as many (Zhang et al. 2014).
- `per-label`, `confusion`: truth and errors are estimated together, from there on. Where a label is
  missed so often that one coin does not find its tasks, it takes more than one step.

For how errors look like in each, see `aggregation.classification.worker_models`.

Papers:
    Y. Zhang, X. Chen, D. Zhou, M. I. Jordan, "Spectral methods meet EM: a provably optimal
    algorithm for crowdsourcing", NeurIPS 2014.
"""

from collections.abc import Iterable, Iterator
from typing import Literal, TypeAlias

from aggregation.classification.expectation_maximisation import (
    MAX_STEPS,
    TOLERANCE,
    Estimate,
    Prior,
    estimate,
)
from aggregation.classification.numbered_votes import NumberedVotes
from aggregation.classification.worker_models import STRENGTH, ConfusionMatrices, OneCoin

WorkerModelName: TypeAlias = Literal[
    "one-coin", "per-label-one-step", "confusion-one-step", "per-label", "confusion"
]

EVEN = 0.5
"""Share of one coin's prior that is spread evenly over the labels: people are asked again where
labels are in doubt, and shares among those tasks are not those of all."""

SIMPLEST: WorkerModelName = "one-coin"
ONE_STEP: tuple[WorkerModelName, ...] = ("per-label-one-step", "confusion-one-step")
PER_LABEL: tuple[WorkerModelName, ...] = ("per-label-one-step", "per-label")


def fit(
    votes: NumberedVotes, prior: Prior, model: WorkerModelName, *, strength: float = STRENGTH
) -> Estimate:
    """Estimate the truth behind votes by one model of workers.

    Args:
        votes: The votes.
        prior: What is known before them.
        model: The model's name.
        strength: How many votes of the crowd's mean quality a worker starts with.

    Returns:
        The posterior of every task, and what is held of workers.
    """
    return next(fits(votes, prior, [model], strength=strength))


def fits(
    votes: NumberedVotes,
    prior: Prior,
    models: Iterable[WorkerModelName],
    *,
    strength: float = STRENGTH,
    steps: int = MAX_STEPS,
    tolerance: float = TOLERANCE,
) -> Iterator[Estimate]:
    """Estimate the truth behind votes by several models, one after the other.

    Args:
        votes: The votes.
        prior: What is known before them.
        models: Their names.
        strength: How many votes of the crowd's mean quality a worker starts with.
        steps: How often workers are estimated anew, at most.
        tolerance: An estimation ends when no posterior moves further than this.

    Yields:
        The posterior of every task, and what is held of workers, by each model.
    """
    _, workers, k = votes.shape
    unknown = OneCoin.unknown(workers, k, strength)
    coin = estimate(votes, prior, unknown, even=EVEN, steps=steps, tolerance=tolerance)
    for model in models:
        if model == SIMPLEST or k == 1:
            yield coin
        else:
            yield estimate(
                votes,
                prior,
                ConfusionMatrices.unknown(workers, k, strength, has_even_errors=model in PER_LABEL),
                start=coin.posterior,
                steps=1 if model in ONE_STEP else steps,
                tolerance=tolerance,
            )
