"""Which of the planned reviews come first: by the settings' strategy, over what the backend knows.

The plan says which tasks are to be reviewed in the end; the strategy, which of these are asked
about now. It reads what the model believes from the ledger, and the texts' embeddings from the
backend. Without embeddings, `auto` keeps to the plan's own order, the most doubtful first.
"""

from collections.abc import Sequence

import numpy as np

from labeling.errors import BackendUnreachable
from labeling.mathtypes import Floats
from routing.facts.project import ProjectFacts
from routing.guarantee.hash_random import hash_uniform
from routing.model.client import BackendClient, Vector
from routing.planning.review_rounds import Choose, most_doubtful
from routing.selection.auto import Auto
from routing.selection.belief_matrix import belief_matrix
from routing.selection.pool import Pool
from routing.selection.predicted_error import PredictedError
from routing.selection.registry import STRATEGIES

MOST_OFFERED = 5_000
"""Tasks that a strategy chooses from, the most doubtful: each one's embedding is asked for."""

MOST_ANSWERED = 2_000
"""Answered tasks that they are compared with, picked at random."""


def chooser(facts: ProjectFacts, backend: BackendClient) -> Choose:
    """Return what says which of the planned reviews come first.

    Args:
        facts: What is known; the settings name the strategy.
        backend: Has the embeddings; asked only where there is something to choose.

    Returns:
        It raises SettingsError where the strategy needs embeddings and the backend has no model for
        them. A backend that is away leaves the plan's own order.
    """
    policy = facts.settings.policy
    if policy.selection == PredictedError.name:
        return most_doubtful

    def choose(tasks: Sequence[int], size: int) -> Sequence[int]:
        if size >= len(tasks):
            return most_doubtful(tasks, size)
        offered = _readable(facts, tasks)[: max(MOST_OFFERED, size)]
        answered = _answered(facts)
        try:
            vectors = backend.embed([facts.state.texts[task] for task in [*offered, *answered]])
        except BackendUnreachable:
            return most_doubtful(tasks, size)
        if vectors is None and policy.selection == Auto.name:
            return most_doubtful(tasks, size)
        pooled = [*offered, *answered]
        if vectors is not None:
            pooled = [task for task, one in zip(pooled, vectors, strict=True) if one is not None]
        pool = _pool(facts, pooled, frozenset(answered), vectors)
        seed = int(hash_uniform(policy.seed, "selection", len(facts.settled)) * 2**31)
        batch = STRATEGIES[policy.selection].select(pool, size, seed)
        chosen = [pooled[place] for place in batch]
        # What could not be encoded in time is asked about where nothing else is left.
        rest = [task for task in tasks if task not in {*chosen}]
        return [*chosen, *rest[: size - len(chosen)]]

    return choose


def _readable(facts: ProjectFacts, tasks: Sequence[int]) -> list[int]:
    """Return the tasks whose text and belief are known, in order."""
    present = facts.predictions.latest
    return [task for task in tasks if task in present and facts.state.texts.get(task) is not None]


def _answered(facts: ProjectFacts) -> list[int]:
    """Return tasks that people are done with, picked at random where there are many."""
    known = _readable(facts, [*facts.settled])
    seed = facts.settings.policy.seed
    return sorted(known, key=lambda task: hash_uniform(seed, "compared", task))[:MOST_ANSWERED]


def _pool(
    facts: ProjectFacts,
    tasks: Sequence[int],
    answered: frozenset[int],
    vectors: Sequence[Vector | None] | None,
) -> Pool:
    """Return the pool of tasks, in their order, whose vectors are those that are not None."""
    present = [facts.predictions.latest[task] for task in tasks]
    beliefs: Floats = belief_matrix(
        [one.distribution for one in present], [one.confidence or 0.0 for one in present]
    )
    is_answered = np.array([task in answered for task in tasks], dtype=np.bool_)
    embeddings = None
    if vectors is not None and tasks:
        embeddings = np.array([one for one in vectors if one is not None])
    return Pool(beliefs, is_answered, embeddings)
