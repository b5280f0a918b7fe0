"""Truth and workers together: each is estimated as if the other were known, until both stay.

For a task with true label y among K, the model's belief p(y) is the prior and every vote v of a
worker w is evidence:

    posterior(y) ∝ p(y) · Π_w  P(v_w | y)

Where there is no belief, p(y) lies between an even share and the crowd's own share of the label,

    p(y) = even / K + (1 - even) · (SHARE_TASKS / K + Σ_t posterior_t(y)) / (SHARE_TASKS + tasks)

since a vote for a frequent label needs less confirmation than one for a rare label.

Workers and shares are estimated by the tasks that have a second voice: several votes, or a vote
and a belief. What a lone vote says is known by nobody else, so it moves neither: nobody becomes
reliable by agreeing with themselves, and no label frequent.
"""

from dataclasses import dataclass

import numpy as np

from aggregation.classification.numbered_votes import NumberedVotes
from aggregation.classification.worker_models import WorkerModel
from labeling.mathtypes import Bools, Floats

SHARE_TASKS = 20.0
"""How many tasks of evenly shared labels are seen before any is."""
TOLERANCE = 1e-6
"""The estimation ends when no posterior moves further than this."""
MAX_STEPS = 200


@dataclass(frozen=True, eq=False)
class Prior:
    """What is known of tasks before anybody votes.

    Attributes:
        beliefs: Probability of each label, (tasks, K), rows of tasks without belief meaningless.
        believed: Which tasks have a belief.
        has_even_shares: Whether labels of the others are equally frequent, and not estimated so.
        known: Which tasks are control tasks: they tell of workers, and nothing of labels' shares.
            None: there are none.
    """

    beliefs: Floats
    believed: Bools
    has_even_shares: bool = False
    known: Bools | None = None

    @classmethod
    def none(cls, tasks: int, labels: int) -> "Prior":
        """Return that there is no belief."""
        return cls(np.full((tasks, labels), 1 / labels), np.zeros(tasks, dtype=np.bool_))

    def of(self, rows: Bools) -> "Prior":
        """Return that of some of the tasks."""
        known = None if self.known is None else self.known[rows]
        return Prior(self.beliefs[rows], self.believed[rows], self.has_even_shares, known)

    def log(self, shares: Floats) -> Floats:
        """Return the logarithm of the prior, (tasks, K), where labels have these shares."""
        prior: Floats = np.log(np.where(self.believed[:, None], self.beliefs, shares))
        return prior


@dataclass(frozen=True, eq=False)
class Estimate:
    """What votes and beliefs come to.

    Attributes:
        posterior: Probability of each label, (tasks, K).
        shares: How frequent each label is, (K,).
        workers: What is held of them.
    """

    posterior: Floats
    shares: Floats
    workers: WorkerModel


def estimate(
    votes: NumberedVotes,
    prior: Prior,
    workers: WorkerModel,
    *,
    even: float = 0.0,
    start: Floats | None = None,
    steps: int = MAX_STEPS,
    tolerance: float = TOLERANCE,
) -> Estimate:
    """Estimate the truth behind votes, and how good workers are.

    Args:
        votes: The votes.
        prior: What is known before them.
        workers: What is held of workers before anything is known of them.
        even: Share of the prior that is spread evenly over the labels.
        start: How probable labels are taken to be at first, (tasks, K); None: by `workers`.
        steps: How often workers are estimated anew, at most.
        tolerance: The estimation ends when no posterior moves further than this.

    Returns:
        The posterior of every task, and what is then held of workers.
    """
    k = votes.shape[2]
    second_voice = (votes.of_task > 1) | (prior.believed & (votes.of_task > 0))
    told, known = votes.of_tasks(second_voice), prior.of(second_voice)
    shares: Floats = np.full(k, 1 / k)
    posterior = posterior_of(told, known, shares, workers) if start is None else start[second_voice]
    for _ in range(steps if len(told) else 0):
        workers = workers.refitted(told, posterior)
        if not prior.has_even_shares:
            of_data = posterior if known.known is None else posterior[~known.known]
            counted = SHARE_TASKS / k + of_data.sum(axis=0)
            shares = even / k + (1 - even) * counted / (SHARE_TASKS + len(of_data))
        last, posterior = posterior, posterior_of(told, known, shares, workers)
        if np.abs(posterior - last).max() < tolerance:
            break
    return Estimate(posterior_of(votes, prior, shares, workers), shares, workers)


def posterior_of(
    votes: NumberedVotes, prior: Prior, shares: Floats, workers: WorkerModel
) -> Floats:
    """Return how probable each label is, by Bayes' rule.

    Args:
        votes: The votes.
        prior: What is known before them.
        shares: How frequent each label is, (K,).
        workers: What is held of workers.

    Returns:
        The posterior, (tasks, K).
    """
    scores = prior.log(shares) + workers.log_likelihood(votes)
    masses = np.exp(scores - scores.max(axis=1, keepdims=True))
    posterior: Floats = masses / masses.sum(axis=1, keepdims=True)
    return posterior
