"""Who labels what: pure rulings from what is known of every task, each with its reason."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import NAMESPACE_URL, uuid5

from labeling.settings import PolicySettings
from routing.ledger.records import Decision, DecisionKind

LEFT_TO_MODEL = ("accept",)
GIVEN_TO_PEOPLE = ("pilot", "review", "audit", "retract")


@dataclass(frozen=True, slots=True)
class Candidate:
    """What is known of one task when it is ruled on.

    Attributes:
        task: Its id.
        confidence: Of the model's prediction of the present version; None where it has none.
        votes: People's labels, one a person.
        posterior: Probability of people's and the model's joint label; None without votes.
        decision: What was decided last; None: nothing yet.
    """

    task: int
    confidence: float | None
    votes: tuple[str, ...] = ()
    posterior: float | None = None
    decision: Decision | None = None

    @property
    def is_settled(self) -> bool:
        """Whether as many people answered as were asked for."""
        return self.decision is not None and len(self.votes) >= self.decision.votes


@dataclass(frozen=True, slots=True)
class Ruling:
    """What is to be done with one task from now on."""

    task: int
    kind: DecisionKind
    votes: int
    reason: str
    confidence: float | None


def pilot(tasks: Sequence[int], policy: PolicySettings) -> frozenset[int]:
    """Pick the pilot: a seeded random sample of the tasks, the same at every call.

    A task's place depends on its own id and the seed alone, so tasks that come later never push
    out one that was picked, unless they rank before it.
    """
    if policy.target_accuracy is None or policy.accept_above is not None:
        return frozenset()
    ranked = sorted(tasks, key=lambda task: chance(policy.seed, "pilot", task))
    return frozenset(ranked[: policy.pilot])


def rule(
    candidates: Sequence[Candidate],
    pilot_tasks: frozenset[int],
    threshold: float | None,
    is_ready: bool,
    policy: PolicySettings,
) -> list[Ruling]:
    """Rule on every task whose ruling changes; tasks that are left out stay as they are.

    Args:
        candidates: All tasks of the project.
        pilot_tasks: The tasks that people label first.
        threshold: Accept from this confidence on; None: from none.
        is_ready: Whether the pilot taught what it can, so that the other tasks can be ruled on.
        policy: The settings.
    """
    rulings = (_rule(one, pilot_tasks, threshold, is_ready, policy) for one in candidates)
    return [ruling for ruling in rulings if ruling is not None]


def _rule(
    one: Candidate,
    pilot_tasks: frozenset[int],
    threshold: float | None,
    is_ready: bool,
    policy: PolicySettings,
) -> Ruling | None:
    if one.decision is not None:
        return _ask_again(one, policy)
    if one.task in pilot_tasks:
        return _people(one, "pilot", policy, "picked at random to learn from")
    if not is_ready:
        return None
    if one.confidence is None:
        return _people(one, "review", policy, "the model has no answer")
    if threshold is None:
        return _people(one, "review", policy, "no confidence is enough to accept")
    if one.confidence < threshold:
        return _people(one, "review", policy, f"confidence below {threshold:.3f}")
    if chance(policy.seed, "audit", one.task) < policy.audit_share:
        return _people(
            one, "audit", policy, f"confidence from {threshold:.3f} on, checked at random"
        )
    reason = f"confidence from {threshold:.3f} on"
    return Ruling(one.task, "accept", 0, reason, one.confidence)


def _people(one: Candidate, kind: DecisionKind, policy: PolicySettings, reason: str) -> Ruling:
    return Ruling(one.task, kind, policy.votes, reason, one.confidence)


def is_in_doubt(one: Candidate, policy: PolicySettings) -> bool:
    """Tell whether those who answered leave the label in doubt, and one more may be asked."""
    return (
        one.decision is not None
        and one.decision.kind not in LEFT_TO_MODEL
        and one.is_settled
        and one.posterior is not None
        and one.posterior < policy.settle_above
        and len(one.votes) < max(policy.max_votes, policy.votes)
    )


def _ask_again(one: Candidate, policy: PolicySettings) -> Ruling | None:
    if one.decision is None or not is_in_doubt(one, policy):
        return None
    reason = f"{len(one.votes)} votes leave the label at {one.posterior:.2f}"
    return Ruling(one.task, one.decision.kind, len(one.votes) + 1, reason, one.confidence)


def is_refuted(highest_accuracy: float | None, policy: PolicySettings) -> bool:
    """Tell whether audits rule the target accuracy out.

    Args:
        highest_accuracy: Upper end of the audits' interval; None without audits.
        policy: The settings.
    """
    target = policy.target_accuracy
    return target is not None and highest_accuracy is not None and highest_accuracy < target


def retract(
    accepted: Sequence[Candidate], audits: Sequence[bool], policy: PolicySettings
) -> list[Ruling]:
    """Take back what a version was trusted with, now that its audits refuted it.

    Args:
        accepted: The tasks that are left to it.
        audits: For each audited item, whether it was right.
        policy: The settings.
    """
    reason = f"audits found {audits.count(False)} of {len(audits)} wrong"
    return [_people(one, "retract", policy, reason) for one in accepted]


def chance(seed: int, purpose: str, task: int) -> float:
    """Draw a number in [0, 1) that belongs to a task: the same at every call, on every machine."""
    return random.Random(f"{seed}:{purpose}:{task}").random()  # noqa: S311 - reproducible on purpose


def unique_id(project: int, task: int, number: int) -> str:
    """Name the annotation of one decision, so that storing it twice is storing it once."""
    return str(uuid5(NAMESPACE_URL, f"tandem:{project}:{task}:{number}"))


def number_after(decisions: Mapping[int, Decision], task: int) -> int:
    """Give the number of a task's next decision."""
    return decisions[task].number + 1 if task in decisions else 1
