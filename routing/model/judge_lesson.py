"""How a lesson did: judged on texts that chance drew, and held against the lesson before it.

Only texts that chance drew tell how often the model is wrong: those that were picked by doubt are
the hard ones, and what is left of them the easy ones. Only blind answers do: beside a pre-label,
people lean towards it. So a lesson is judged on the pilot, and on what was asked blind among the
tasks that the random share of rounds went through.
"""

from collections.abc import Mapping

import numpy as np

from routing.decisions.decide import DRAWN
from routing.facts.project import ProjectFacts
from routing.ledger.lessons import Lesson
from routing.ledger.records import LedgerPrediction
from routing.planning.label_stability import cohen_kappa
from routing.planning.review_rounds import chance_rank


def blind_random_sample(facts: ProjectFacts) -> frozenset[int]:
    """Return the open tasks that chance drew and that people were asked blind.

    The random share of rounds goes through the tasks in one order that chance gave them. All up to
    the last that it drew are a random sample, those included that a round asked about before: left
    out, the doubtful ones would be missing.
    """
    state, seed = facts.state, facts.settings.policy.seed
    asked = {task: state.asked_as(task) for task in facts.open_tasks if task in state.decisions}
    drawn = [task for task in asked if state.decisions[task].reason == DRAWN]
    last = max((chance_rank(seed, task) for task in drawn), default=-1.0)
    return frozenset(
        task
        for task, kind in asked.items()
        if kind == "pilot" or (kind == "blind" and chance_rank(seed, task) <= last)
    )


def judged_lesson(
    facts: ProjectFacts, before: Mapping[int, LedgerPrediction], answers: int
) -> Lesson:
    """Judge the lesson of the last round.

    Args:
        facts: What is known now that it labelled the open tasks.
        before: The latest prediction of each task before it did, by task.
        answers: People's answers that it was learned from.

    Returns:
        How it did.
    """
    round_, held_out = facts.state.rounds[-1], facts.state.held_out
    same = facts.equivalence.is_same_answer
    judged = blind_random_sample(facts) & held_out.keys() & facts.settled.keys()
    after = facts.predictions.of_version(round_.model_version)
    compared = [
        (former.answer or "", after[task].answer or "")
        for task in facts.predicted_errors
        if (former := before.get(task)) and former.model_version != round_.model_version
    ]
    errors = [*facts.predicted_errors.values()]
    return Lesson(
        round=round_.number,
        answers=answers,
        judged=len(judged),
        wrong=sum(not same(held_out[task].answer, facts.settled[task].label) for task in judged),
        compared=len(compared),
        kappa=cohen_kappa([one for one, _ in compared], [other for _, other in compared]),
        mean_error=float(np.mean(errors)) if errors else None,
    )
