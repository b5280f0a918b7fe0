"""The basis of forecasts from a project's facts: errors, how far they are off, votes a task."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from labeling.predictions.prediction import UNCALIBRATED
from routing.facts.open_groups import open_groups
from routing.facts.populations import checks_of, frozen_of, unchecked
from routing.facts.project import ProjectFacts
from routing.guarantee.audit_test import AuditEvent
from routing.guarantee.frozen_population import audit_test_of
from routing.ledger.records import BLIND, Population
from routing.planning.basis import AuditBasis, Basis
from routing.planning.error_draws import (
    DRAWS,
    Calibration,
    ErrorDraws,
    log_odds,
    prior,
    probability,
    with_slips,
)
from routing.planning.review_rounds import pilot
from routing.planning.scaling import resampled
from routing.planning.votes_needed import (
    VotesPerTask,
    VotingRule,
    by_rule,
    counted,
    drawn_skills,
)

Floats = NDArray[np.float64]

BINS = 20
"""Bins of the model's own score that present predictions are read off for answered tasks."""

RECENT = 200
"""Answered tasks, the latest, whose votes are counted."""

ANOTHER = 0.2
"""Votes that each owed one brings after it, where a task was in doubt already."""


def forecast_bases(facts: ProjectFacts) -> list[Basis]:
    """Return what forecasts of the open groups rest on; none: nothing is open or pre-labelled.

    A task that has no prediction is taken to be like the others of its group, or else like all.
    """
    state, policy, tasks = facts.state, facts.settings.policy, facts.open_tasks
    is_predicted = facts.predicted_errors or state.decisions.keys() >= set(tasks)
    if not tasks or not state.rounds or not is_predicted:
        return []
    votes, calibration = votes_per_task(facts), open_calibration(facts)
    sample = pilot(tasks, policy) - state.decisions.keys()
    bases = []
    for group in open_groups(facts):
        unasked = sum(task not in state.decisions for task in group.tasks)
        known = list((group.errors or facts.predicted_errors).values())
        basis = Basis(
            errors=resampled(np.array(known, dtype=np.float64), unasked),
            size=len(group.tasks),
            risk=policy.risk,
            votes=votes,
            pilot=sum(task in sample for task in group.tasks),
            owed=_owed(facts, group.tasks, votes),
            calibration=calibration,
            round_price=policy.batch,
            seed=policy.seed,
        )
        bases.append(basis)
    return bases


def audit_basis(facts: ProjectFacts, population: Population) -> AuditBasis:
    """Return what forecasts of a frozen population's audits rest on.

    Args:
        facts: What is known.
        population: One that is not certified yet.
    """
    state = facts.state
    frozen, checks = frozen_of(state, population), checks_of(state, population)
    places = {task: place for place, task in enumerate(frozen.labels)}
    errors = np.array(list(frozen.errors.values()), dtype=np.float64)
    wrong = {
        one.task: one.answer != frozen.labels[one.task] for one in checks if one.state == "answered"
    }
    events = [
        AuditEvent(
            places[one.task], one.kind, None if one.state == "lost" else wrong.get(one.task, False)
        )
        for one in checks
    ]
    open_ = {one.task for one in unchecked(state, population)}
    answered = [task for task in frozen.answered if task in facts.settled]
    known = [places[task] for task in wrong]
    votes = votes_per_task(facts)
    return AuditBasis(
        audit_test=audit_test_of(frozen),
        errors=errors,
        events=events,
        waiting=[place for place, one in enumerate(checks) if one.state == "waiting"],
        order=np.array([places[task] for task in frozen.order if task in open_], dtype=np.intp),
        votes=votes,
        owed=_owed(facts, [one.task for one in checks if one.state == "waiting"], votes),
        calibration=_calibration(facts, errors, answered, list(frozen.labels)).after(
            with_slips(errors[known], float(votes.slip.mean())),
            np.array(list(wrong.values()), dtype=np.float64),
        ),
        round_price=facts.settings.policy.batch,
        seed=population.seed,
    )


def open_calibration(facts: ProjectFacts) -> Calibration:
    """Return how far the predicted errors of the open population may be off."""
    predicted = facts.predicted_errors
    errors = np.array(list(predicted.values()), dtype=np.float64)
    answered = [task for task in facts.open_tasks if task in facts.settled]
    return _calibration(facts, errors, answered, list(predicted))


def open_draws(facts: ProjectFacts) -> ErrorDraws:
    """Return what the errors of the open population may truly be, for plans."""
    rng = np.random.default_rng([facts.settings.policy.seed, 0])
    return open_calibration(facts).for_plans().draws(rng, slips=votes_per_task(facts).slip)


def votes_per_task(facts: ProjectFacts) -> VotesPerTask:
    """Return the human labels that a task takes."""
    policy, state = facts.settings.policy, facts.state
    rng = np.random.default_rng([policy.seed, 2])
    rule = VotingRule(
        policy,
        max(len(facts.labels), 2),
        facts.votes_cap,
        any(one.expert for one in facts.reviewers),
    )
    compared: dict[str, int] = {}
    for answers in facts.consensus.people.values():
        if len(answers) > 1:
            for one in answers:
                compared[one.worker] = compared.get(one.worker, 0) + 1
    accuracies = facts.consensus.accuracies
    skills = drawn_skills(accuracies, compared, facts.people, rng, DRAWS)
    ruled, slips = by_rule(rule, skills, skills)
    at_first = ruled
    if not accuracies:
        at_first, _ = by_rule(rule, (skills + facts.consensus.crowd_accuracy) / 2, skills)
    done: dict[str, list[int]] = {"review": [], "blind": []}
    for task in facts.settled:
        kind = state.asked_as(task)
        if kind != "pilot":
            done["blind" if kind in BLIND else "review"].append(len(facts.answers.votes[task]))
    return VotesPerTask(
        review=counted(ruled, done["review"][-RECENT:]),
        blind=counted(ruled, done["blind"][-RECENT:]),
        pilot=at_first,
        slip=np.maximum(slips - facts.human_error, 0),
    )


def _owed(facts: ProjectFacts, tasks: Iterable[int], votes: VotesPerTask) -> float:
    """Count the votes that asked tasks still take: those owed, and those that these may bring."""
    total = 0.0
    kinds = {"pilot": votes.pilot, "review": votes.review}
    for task in tasks:
        owed = facts.votes_owed.get(task, 0)
        if owed and not facts.votes_given(task):
            kind = facts.state.decisions[task].kind
            total += max(float(kinds.get(kind, votes.blind).mean()), owed)
        else:
            total += owed * (1 + ANOTHER)
    return total


def _calibration(
    facts: ProjectFacts, errors: Floats, answered: Iterable[int], like: Iterable[int]
) -> Calibration:
    """Return how far predicted errors may be off, after the answers that the model learned from.

    Args:
        facts: What is known.
        errors: Predicted errors, shape (tasks,).
        answered: Tasks that people are done with.
        like: The tasks of `errors`.

    Returns:
        The posterior: around the present predictions, which learned from these answers, and the
        closer to them the more the answers tell.
    """
    present = facts.predictions.latest
    scores = {
        task: one.raw_score if one.raw_score is not None else one.confidence or 0.0
        for task, one in present.items()
    }
    like, found = list(like), [task for task in answered if task in present]
    is_calibrated = any(
        present[task].calibrator != UNCALIBRATED for task in like if task in present
    )
    known = prior(errors, is_calibrated=is_calibrated)
    if not found or not len(errors):
        return known
    predicted = restated(
        np.array([scores.get(task, 0.0) for task in like]),
        errors,
        np.array([scores[task] for task in found]),
    )
    known = known.learned_from(predicted)
    is_picked = any(facts.state.asked_as(task) != "pilot" for task in found)
    return known.once_picked() if is_picked else known


def restated(scores: Floats, errors: Floats, others: Floats) -> Floats:
    """Read off what is predicted of other tasks, by the model's own scores.

    Scores beyond those that are known are read off a line through all of them, in log-odds.

    Args:
        scores: The model's own scores of tasks, shape (tasks,).
        errors: What is predicted of them, shape (tasks,).
        others: Scores of others, shape (others,).

    Returns:
        Predicted errors, shape (others,).
    """
    known, doubt, asked = log_odds(scores), log_odds(errors), log_odds(others)
    edges = np.unique(np.quantile(known, np.linspace(0, 1, BINS + 1)))
    place = np.clip(np.searchsorted(edges, known, side="right") - 1, 0, max(len(edges) - 2, 0))
    counts = np.bincount(place)
    filled = counts > 0
    middles = np.bincount(place, weights=known)[filled] / counts[filled]
    means = np.bincount(place, weights=doubt)[filled] / counts[filled]
    spread = known.var()
    slope = np.cov(known, doubt, bias=True)[0, 1] / spread if spread > 1e-9 else 0.0
    beyond = asked - np.clip(asked, middles[0], middles[-1])
    return probability(np.interp(asked, middles, means) + slope * beyond)
