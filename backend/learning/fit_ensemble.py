"""Several learners as one, unless the best of them beats that on answers that none of them saw.

Stacking (Wolpert, "Stacked Generalization", 1992) by a logarithmic opinion pool: each learner has
one weight, of at least 0, fitted to what it said of answers that it did not see. A learner that is
more than another counts as better only where it beats it by more than the standard error, and the
best answers alone only where it beats the pool so. For few answers do not tell who is best, and all
together are seldom far from whoever that is (Clemen, "Combining Forecasts", 1989).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from backend.calibration.calibration_pipeline import ALONE, pooled_beliefs
from backend.calibration.noisy_labels import TINY, NoisyLabels, folds
from backend.confidence.opinion_pool import OpinionPool
from backend.learning.fit_pool import fit
from backend.learning.report import quality
from backend.learning.selection import compare
from labeling.mathtypes import Bools, Floats

LEAST_WEIGHT, LEAST_GAIN = 0.05, 0.002
"""What a learner has to count in the pool, and to bring it in nats an answer, for what it costs to
ask it."""

FEWEST_JUDGED = 20
"""Answers that all learners were judged on; where they are fewer, who was judged on the fewest is
left out, so that a learner for which the time is too short holds back nobody else."""


@dataclass(frozen=True, slots=True)
class EnsembleChoice:
    """Who answers.

    Attributes:
        ensemble: How much each counts; None: what was there before the learners, alone.
        out_of_fold: What it says of each answered text by weights and learners that did not see the
            answer, probabilities of shape (answers, labels); of texts that not all learners were
            judged on, what was there before them says.
        report: The figures behind it, in JSON's types.
    """

    ensemble: OpinionPool | None
    out_of_fold: Floats
    report: dict[str, Any]


def choose_ensemble(
    noisy_labels: NoisyLabels, alone: Floats, learners: Mapping[str, Floats]
) -> EnsembleChoice:
    """Choose who answers: one, or several together.

    Args:
        noisy_labels: The answers.
        alone: What predictions state without the learners, out of fold: probabilities of shape
            (answers, labels).
        learners: What each learner says out of fold, by its name, in the same shape, the cheapest
            first; rows of NaN where it was not judged.

    Returns:
        Who answers, and what speaks for it.
    """
    beliefs = {ALONE: alone}
    beliefs |= {name: one for name, one in learners.items() if _judged(one).any()}
    figures = {
        name: quality(noisy_labels.part(_judged(one)), one[_judged(one)]).to_json()
        for name, one in beliefs.items()
    }
    judged = _judged_together(beliefs)
    while judged.sum() < FEWEST_JUDGED and len(beliefs) > 1:
        beliefs.pop(min(list(beliefs)[1:], key=lambda name: int(_judged(beliefs[name]).sum())))
        judged = _judged_together(beliefs)
    if len(beliefs) == 1:
        why = f"no learner was judged on {FEWEST_JUDGED} answers"
        report = {"learners": figures, "weights": {ALONE: 1.0}, "why": why}
        return EnsembleChoice(None, alone, report)
    seen = noisy_labels.part(judged)
    of_seen = {name: one[judged] for name, one in beliefs.items()}
    best, why = _best(seen, of_seen)
    pool, pooled = _pool(seen, of_seen)
    comparison = compare(seen.log_loss(pooled), seen.log_loss(of_seen[best]))
    if comparison.is_better or [*pool.weights] == [ALONE]:
        pool, pooled = OpinionPool({best: 1.0}, len(seen)), of_seen[best]
        why = f"{why}, and it beats all together: {comparison}"
    else:
        why = f"{best} does not beat all together: {comparison}"
    out_of_fold = alone.copy()
    out_of_fold[judged] = pooled
    report = {"learners": figures, "weights": dict(pool.weights), "why": why}
    is_needed = [*pool.weights] != [ALONE]
    return EnsembleChoice(pool if is_needed else None, out_of_fold, report)


def _judged(beliefs: Floats) -> Bools:
    return np.asarray(np.isfinite(beliefs).all(axis=1), dtype=np.bool_)


def _judged_together(beliefs: Mapping[str, Floats]) -> Bools:
    return np.asarray(np.logical_and.reduce([_judged(one) for one in beliefs.values()]))


def _best(noisy_labels: NoisyLabels, beliefs: Mapping[str, Floats]) -> tuple[str, str]:
    """Return the one that no costlier one beats, and why."""
    losses = {name: noisy_labels.log_loss(one) for name, one in beliefs.items()}
    best, *others = losses
    why = f"nothing beats {best} by more than the standard error"
    for name in others:
        comparison = compare(losses[best], losses[name])
        if comparison.is_better:
            why = f"{name} beats {best}: {comparison}"
            best = name
    return best, why


def _pool(noisy_labels: NoisyLabels, beliefs: Mapping[str, Floats]) -> tuple[OpinionPool, Floats]:
    """Return the pool, and what it says of each answer by weights that saw the others.

    Who counts or brings too little is none of it; the costliest is left out first.
    """
    weights = _fit([*beliefs], beliefs, noisy_labels).weights
    names = [name for name in beliefs if weights[name] >= LEAST_WEIGHT] or [*beliefs]
    out_of_fold = _out_of_fold(names, beliefs, noisy_labels)
    loss = noisy_labels.log_loss(out_of_fold).mean()
    for name in names[::-1]:
        rest = [one for one in names if one != name]
        if not rest:
            break
        without = _out_of_fold(rest, beliefs, noisy_labels)
        loss_without = noisy_labels.log_loss(without).mean()
        if loss_without < loss + LEAST_GAIN:
            names, out_of_fold, loss = rest, without, loss_without
    return _fit(names, beliefs, noisy_labels), out_of_fold


def _out_of_fold(
    names: Sequence[str], beliefs: Mapping[str, Floats], noisy_labels: NoisyLabels
) -> Floats:
    out_of_fold = np.empty_like(noisy_labels.log_probabilities)
    part = folds(len(noisy_labels))
    for number in np.unique(part):
        held = part == number
        rest = {name: beliefs[name][~held] for name in names}
        pool = _fit(names, rest, noisy_labels.part(~held))
        out_of_fold[held] = pooled_beliefs(pool, {name: beliefs[name][held] for name in names})
    return out_of_fold


def _fit(
    names: Sequence[str], beliefs: Mapping[str, Floats], noisy_labels: NoisyLabels
) -> OpinionPool:
    logs = np.array([np.log(np.maximum(beliefs[name], TINY)) for name in names])
    return fit(names, logs, noisy_labels)
