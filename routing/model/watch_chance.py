"""Whether the strategy of the settings beats chance in this project, as its rounds tell so far."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from routing.facts.project import ProjectFacts
from routing.model.client import Vector
from routing.planning.review_rounds import chance_rank
from routing.selection.chance_monitor import GainOverChance, gain_over_chance
from routing.selection.twin_learner import judged_rounds
from routing.selection.twins import PickedRound

FEWEST_LABELS = 2
"""Labels that answers must name: of one there is nothing to learn."""


@dataclass(frozen=True, slots=True)
class AskedRound:
    """The tasks of one round of reviews, each in the order that chance goes through.

    Attributes:
        by_chance: Those that were drawn by chance.
        by_strategy: The others.
    """

    by_chance: Sequence[int]
    by_strategy: Sequence[int]

    def places(self, place: Mapping[int, int]) -> PickedRound:
        """Return those tasks that have a place, by their places."""
        return PickedRound(
            [place[task] for task in self.by_strategy if task in place],
            [place[task] for task in self.by_chance if task in place],
        )


def asked_rounds(facts: ProjectFacts) -> list[AskedRound]:
    """Return the rounds of reviews so far.

    Chance draws first, so of a round those tasks are its own that stand first in its order, as many
    as the settings' share says.
    """
    policy, together = facts.settings.policy, dict[datetime, list[int]]()
    for task, one in facts.state.decisions.items():
        if facts.state.asked_as(task) in ("review", "blind") and one.confidence is not None:
            together.setdefault(one.decided_at, []).append(task)
    rounds = []
    for _, tasks in sorted(together.items()):
        ranked = sorted(tasks, key=lambda task: chance_rank(policy.seed, task))
        drawn = round(policy.random_share * len(ranked))
        rounds.append(AskedRound(ranked[:drawn], ranked[drawn:]))
    return rounds


def gain_so_far(facts: ProjectFacts, vectors: Mapping[int, Vector]) -> GainOverChance:
    """Return what the strategy gains over chance, by the rounds that people are done with.

    Args:
        facts: What is known.
        vectors: Embeddings of answered tasks; a task that has none is left out.

    Returns:
        The gain; nothing is known of it without a random share, or before the second round.
    """
    known = [task for task in facts.settled if task in vectors and task in facts.state.decisions]
    labels = sorted({facts.settled[task].label for task in known})
    pilot = [task for task in known if facts.state.asked_as(task) == "pilot"]
    if len(labels) < FEWEST_LABELS or not pilot:
        return gain_over_chance([])
    place = {task: number for number, task in enumerate(known)}
    seed = facts.settings.policy.seed
    judged = judged_rounds(
        np.array([vectors[task] for task in known]),
        np.array([labels.index(facts.settled[task].label) for task in known], dtype=np.intp),
        len(labels),
        [place[task] for task in pilot],
        [one.places(place) for one in asked_rounds(facts)],
        np.array([chance_rank(seed, task) for task in known]),
        max(len(facts.state.tasks) - len(pilot), 1),
    )
    return gain_over_chance(judged)
