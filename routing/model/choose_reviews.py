"""Which of the planned reviews come first: by the settings' strategy, over what the backend knows.

The plan says which tasks are to be reviewed in the end; the strategy, which of these are asked
about now. It reads what the model believes from the ledger, and the texts' embeddings from the
backend. Without embeddings, `auto` keeps to the plan's own order, the most doubtful first. Where a
share of the rounds is drawn by chance and proves to teach more, chance decides from then on.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

from labeling.errors import BackendUnreachable
from routing.facts.project import ProjectFacts
from routing.guarantee.hash_random import hash_uniform
from routing.ledger.chance_looks import ChanceLook
from routing.model.client import BackendClient, Vector
from routing.model.selection_pool import selection_pool
from routing.model.watch_chance import gain_so_far
from routing.planning.review_rounds import Choose, most_doubtful
from routing.selection.auto import Auto
from routing.selection.base import Strategy
from routing.selection.chance_monitor import GainOverChance
from routing.selection.predicted_error import PredictedError
from routing.selection.random import Random
from routing.selection.registry import STRATEGIES

logger = logging.getLogger(__name__)

Note: TypeAlias = Callable[[ChanceLook], None]
"""Is told what a look at the strategy's gain over chance said."""

MOST_OFFERED = 5_000
"""Tasks that a strategy chooses from, the most doubtful: each one's embedding is asked for."""

MOST_ANSWERED = 2_000
"""Answered tasks that they are compared with, picked at random."""


def chooser(facts: ProjectFacts, backend: BackendClient, note: Note | None = None) -> Choose:
    """Return what says which of the planned reviews come first.

    Args:
        facts: What is known; the settings name the strategy.
        backend: Has the embeddings; asked only where there is something to choose.
        note: Told what the strategy gains over chance, where a share is drawn by chance.

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
        read = [*_readable(facts, tasks)[: max(MOST_OFFERED, size)], *_answered(facts)]
        try:
            vectors = _vectors(facts, backend, read)
        except BackendUnreachable:
            return most_doubtful(tasks, size)
        if vectors is None and policy.selection == Auto.name:
            return most_doubtful(tasks, size)
        pooled = read if vectors is None else [*vectors]
        seed = int(hash_uniform(policy.seed, "selection", len(facts.settled)) * 2**31)
        strategy, pool = _strategy(facts, vectors, note), selection_pool(facts, pooled, vectors)
        chosen = [pooled[place] for place in strategy.select(pool, size, seed)]
        by = strategy.described(pool)
        logger.info("%s chose %d of %d planned reviews", by, len(chosen), len(tasks))
        # What could not be encoded in time is asked about where nothing else is left.
        rest = [task for task in tasks if task not in {*chosen}]
        return [*chosen, *rest[: size - len(chosen)]]

    return choose


def _strategy(
    facts: ProjectFacts, vectors: Mapping[int, Vector] | None, note: Note | None
) -> Strategy:
    """Return the strategy of the settings, or chance where that is proved to teach more."""
    policy = facts.settings.policy
    strategy = STRATEGIES[policy.selection]
    if vectors and policy.drawn_share:
        gain = gain_so_far(facts, vectors)
        if note and gain.draws:
            note(_look(facts, strategy, gain))
        if gain.is_worse:
            logger.info("Chance teaches more than %s: %s", strategy.name, gain)
            return Random()
    return strategy


def _look(facts: ProjectFacts, strategy: Strategy, gain: GainOverChance) -> ChanceLook:
    """Return the look at a gain, as it is remembered."""
    return ChanceLook(
        round=facts.state.rounds[-1].number,
        strategy=strategy.name,
        gain=gain.estimate,
        low=gain.low,
        high=gain.high,
        draws=gain.draws,
        is_worse=gain.is_worse,
    )


def _vectors(
    facts: ProjectFacts, backend: BackendClient, tasks: Sequence[int]
) -> Mapping[int, Vector] | None:
    """Return the embeddings of tasks' texts, in order, less those that the backend had no time for.

    None: the backend has no embedding model.
    """
    found = backend.embed([facts.state.texts[task] or "" for task in tasks])
    if found is None:
        return None
    return {task: one for task, one in zip(tasks, found, strict=True) if one is not None}


def _readable(facts: ProjectFacts, tasks: Sequence[int]) -> list[int]:
    """Return the tasks whose text and belief are known, in order."""
    present = facts.predictions.latest
    return [task for task in tasks if task in present and facts.state.texts.get(task) is not None]


def _answered(facts: ProjectFacts) -> list[int]:
    """Return tasks that people are done with, picked at random where there are many."""
    known = _readable(facts, [*facts.settled])
    seed = facts.settings.policy.seed
    return sorted(known, key=lambda task: hash_uniform(seed, "compared", task))[:MOST_ANSWERED]
