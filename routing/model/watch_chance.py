"""Whether the strategy of the settings beats chance in this project, as its rounds tell so far."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import numpy as np

from aggregation.forms.form import answers_by_control
from labeling.mathtypes import Indices
from routing.decisions.decide import DRAWN
from routing.facts.project import ProjectFacts
from routing.ledger.records import Decision
from routing.model.client import Vector
from routing.model.selection_pool import counted_controls
from routing.planning.review_rounds import chance_rank
from routing.selection.answer_targets import answer_targets
from routing.selection.chance_monitor import GainOverChance, gain_over_chance
from routing.selection.twin_learner import judged_rounds
from routing.selection.twins import PickedRound


def asked_rounds(facts: ProjectFacts) -> list[PickedRound]:
    """Return the rounds of reviews so far, the tasks of each in the order that chance goes through.

    A task that people were asked about once more is in none: its first decision is not at hand.
    """
    seed, together = facts.settings.policy.seed, dict[datetime, list[Decision]]()
    for one in facts.state.decisions.values():
        if one.kind in ("review", "blind") and one.number == 1 and one.confidence is not None:
            together.setdefault(one.decided_at, []).append(one)
    rounds = []
    for _, decisions in sorted(together.items()):
        ranked = sorted(decisions, key=lambda one: chance_rank(seed, one.task))
        by_chance = [one.task for one in ranked if one.reason == DRAWN]
        rounds.append(PickedRound([one.task for one in ranked if one.reason != DRAWN], by_chance))
    return rounds


def gain_so_far(facts: ProjectFacts, vectors: Mapping[int, Vector]) -> GainOverChance:
    """Return what the strategy gains over chance, by the rounds that people are done with.

    Args:
        facts: What is known.
        vectors: Embeddings of answered tasks; a task that has none is left out.

    Returns:
        The gain; nothing is known of it without a random share, before the second round, or where
        people write their answers.
    """
    known = [task for task in facts.settled if task in vectors and task in facts.state.decisions]
    answers = _answers(facts, known)
    pilot = [task for task in known if facts.state.asked_as(task) == "pilot"]
    if not answers or not pilot:
        return gain_over_chance([])
    place = {task: number for number, task in enumerate(known)}
    seed = facts.settings.policy.seed
    judged = judged_rounds(
        np.array([vectors[task] for task in known]),
        answers,
        [place[task] for task in pilot],
        [_placed(one, place) for one in asked_rounds(facts)],
        np.array([chance_rank(seed, task) for task in known]),
        max(len(facts.state.tasks) - len(pilot), 1),
    )
    return gain_over_chance(judged)


def _answers(facts: ProjectFacts, tasks: Sequence[int]) -> list[Indices]:
    """Return what people said of tasks, by questions; none to which all answers are the same."""
    said = [answers_by_control(facts.equivalence.form, facts.settled[one].label) for one in tasks]
    asked = [
        target
        for control in counted_controls(facts.equivalence)
        for target in answer_targets(
            control.answer_type, [one.get(control.from_name) for one in said]
        )
    ]
    return [one for one in asked if len(np.unique(one)) > 1]


def _placed(one: PickedRound, place: Mapping[int, int]) -> PickedRound:
    """Return a round's tasks by their places, less those that have none."""
    return PickedRound(
        [place[task] for task in one.by_strategy if task in place],
        [place[task] for task in one.by_chance if task in place],
    )
