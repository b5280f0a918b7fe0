"""One labelling campaign from the first pilot answer to the certificate, on answers that are known.

It takes the steps that the controller takes, by the same functions: a random pilot, rounds of the
most doubtful between which the model learns, the freeze, audits in the drawn order, and a look
after every batch. Learners beside calibration and head may teach as well. Every label that people
give is paid for.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from backend.learning.fit_calibration import FEWEST_FOR_OPINION, fit_all
from backend.learning.learners.base import Learner
from bench.stack import fit_stack, material_of, texts_of
from labeling.mathtypes import Floats, Indices
from labeling.settings.policy_section import PolicySettings
from routing.guarantee.audit_order import audit_order
from routing.guarantee.audit_test import AuditEvent, AuditTest, Promise
from routing.guarantee.hash_random import hash_uniform
from routing.planning.audit_batch import next_batch
from routing.planning.error_draws import AS_PREDICTED, ErrorDraws, prior
from routing.planning.review_rounds import (
    Choose,
    NextRound,
    pilot_size,
    plan_next_round,
    planned,
)
from routing.selection.pool import Pool
from routing.selection.predicted_error import PredictedError
from routing.selection.registry import STRATEGIES
from tandem.replay.beliefs import Beliefs


@dataclass(frozen=True, slots=True)
class CampaignOutcome:
    """How a campaign ended.

    Attributes:
        share: Share of the items whose label the model keeps.
        audits: Audits that were paid for.
        batches: How often these were asked for, all that was asked before being answered.
        reviewed: Items that people labelled beside the audits, before and after the freeze.
        errors: Wrong labels among those that the model keeps.
        is_broken: Whether these are more than were promised.
    """

    share: float
    audits: int
    batches: int
    reviewed: int
    errors: int
    is_broken: bool


Annotate: TypeAlias = Callable[[Floats, Indices, Indices], Floats]
"""Takes what is believed of the open items, shape (items, labels), the open items and the known
ones; returns what is believed once an annotator was asked about some."""


def run(
    beliefs: Beliefs,
    promise: Promise,
    seed: int,
    selection: str = PredictedError.name,
    learners: Sequence[Learner] = (),
    annotate: Annotate | None = None,
) -> CampaignOutcome:
    """Run a campaign.

    Args:
        beliefs: What a model believes of the items.
        promise: What is promised.
        seed: Of the pilot, of what is selected, and of the order of the audits.
        selection: The strategy that says which of the planned reviews come first.
        learners: Those that teach beside calibration and head, once they have enough answers.
        annotate: Asks an annotator after each lesson; None: there is none.

    Returns:
        How it ended.
    """
    tasks = range(len(beliefs.gold))
    ranked = sorted(tasks, key=lambda task: hash_uniform(seed, "pilot", task))
    known = set(ranked[: pilot_size(len(beliefs.gold))])
    while True:
        open_ = np.array([task for task in tasks if task not in known], dtype=np.intp)
        answered = np.array(sorted(known), dtype=np.intp)
        believed, draws = _learn(beliefs, answered, open_, seed, learners)
        if annotate is not None:
            believed = annotate(believed, open_, answered)
        errors = dict(
            zip(open_.tolist(), (1 - believed.max(axis=1)).round(4).tolist(), strict=True)
        )
        choose = _chooser(beliefs, believed, open_, sorted(known), selection, seed)
        group = planned(errors, promise, draws)
        next_round = plan_next_round([group], len(known), seed=seed, choose=choose)
        if not next_round.reviews:
            break
        known.update(next_round.reviews)
    is_wrong = dict(
        zip(open_.tolist(), (believed.argmax(axis=1) != beliefs.gold[open_]).tolist(), strict=True)
    )
    return _audit(errors, is_wrong, next_round, promise, seed)


def _learn(
    beliefs: Beliefs, known: Indices, open_: Indices, seed: int, learners: Sequence[Learner]
) -> tuple[Floats, ErrorDraws]:
    """Judge the open items by what the known ones teach, shape (open items, labels).

    Beside it: what the errors that this predicts may truly be.
    """
    if not len(open_):
        return beliefs.log_probabilities[open_], AS_PREDICTED
    taught, rest = material_of(beliefs, known, open_), texts_of(beliefs, open_)
    if learners and len(known) >= FEWEST_FOR_OPINION:
        stack = fit_stack(taught, learners)
        believed, fitted = stack.label(rest), stack.out_of_fold
    else:
        calibration = fit_all(taught.answers, taught.known.embeddings, rest).calibration
        believed, fitted = (
            calibration(texts.log_probabilities, texts.embeddings) for texts in (rest, taught.known)
        )
    open_errors, known_errors = (1 - one.max(axis=1) for one in (believed, fitted))
    left = prior(open_errors, is_calibrated=True).learned_from(known_errors)
    return believed, left.for_plans().draws(np.random.default_rng(seed))


def _chooser(
    beliefs: Beliefs,
    believed: Floats,
    open_: Indices,
    known: Sequence[int],
    selection: str,
    seed: int,
) -> Choose:
    """Return what picks a round's reviews by a strategy, from the tasks that are to be reviewed."""
    row = {task: place for place, task in enumerate(open_.tolist())}

    def choose(tasks: Sequence[int], size: int) -> Sequence[int]:
        items = [*tasks, *known]
        probabilities = np.exp(beliefs.log_probabilities[items])
        probabilities[: len(tasks)] = believed[[row[task] for task in tasks]]
        is_answered = np.arange(len(items)) >= len(tasks)
        vectors = None if beliefs.embeddings is None else beliefs.embeddings[items]
        batch = STRATEGIES[selection].select(
            Pool(probabilities, is_answered, vectors), size, seed * 100_003 + len(known)
        )
        return [items[place] for place in batch]

    return choose


def _audit(
    errors: dict[int, float],
    is_wrong: dict[int, bool],
    next_round: NextRound,
    promise: Promise,
    seed: int,
) -> CampaignOutcome:
    """Audit the frozen labels until the promise is certified."""
    places = {task: place for place, task in enumerate(errors)}
    order = audit_order(errors, seed, "benchmark")
    audit_test = AuditTest(promise, np.array(list(errors.values())), next_round.plan.audits)
    events: list[AuditEvent] = []
    batches, round_price = 0, PolicySettings().batch
    while not (audit_status := audit_test.audit_status(events)).is_kept:
        checked = {event.item for event in events}
        left = {task: errors[task] for task in order if places[task] not in checked}
        due = np.array([places[task] for task in left], dtype=np.intp)
        batch = next_batch(audit_test, audit_status, events, due, round_price=round_price)
        batches += 1
        audits = list(left)[: batch.audits]
        reviews = sorted(left.keys() - set(audits), key=lambda task: (-errors[task], task))
        events += [AuditEvent(places[task], "audit", is_wrong[task]) for task in audits]
        events += [
            AuditEvent(places[task], "review", is_wrong[task]) for task in reviews[: batch.reviews]
        ]
    kept = sum(is_wrong.values()) - audit_status.found
    return CampaignOutcome(
        share=audit_status.unchecked / promise.size,
        audits=audit_status.audits,
        batches=batches,
        reviewed=promise.size - audit_status.unchecked - audit_status.audits,
        errors=kept,
        is_broken=kept > promise.allowed,
    )
