"""Who labels what: from what is known of a task to a proposed decision, with its reason. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import NAMESPACE_URL, uuid5

from labeling.settings.sections import PolicySettings
from routing.decisions import value_of_information
from routing.guarantee.hash_random import chance
from routing.ledger.records import Decision, DecisionKind
from routing.planning.review_rounds import pilot_size

LEFT_TO_MODEL = ("accept",)
GIVEN_TO_PEOPLE = ("pilot", "review", "blind", "audit")
BLIND = ("pilot", "blind", "audit")
"""Asked in the blind project, where no pre-label is shown."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """What is known of one task when it is ruled on.

    Attributes:
        task: Its id.
        confidence: Of the model's prediction of the present version; None where it has none.
        votes: How many people answered it, as it was asked.
        posterior: Probability of the label that people give it; None without votes. Of what is
            asked blind, by blind votes alone: the model must not decide how often it is checked.
        decision: What was decided last; None: nothing yet.
        has_expert: Whether an expert is named who was not asked about it yet.
    """

    task: int
    confidence: float | None
    votes: int = 0
    posterior: float | None = None
    decision: Decision | None = None
    has_expert: bool = False

    @property
    def is_settled(self) -> bool:
        """Whether as many people answered as were asked for."""
        return self.decision is not None and self.votes >= self.decision.votes


@dataclass(frozen=True, slots=True)
class Crowd:
    """What is known of the people who answer.

    Attributes:
        skill: Their mean accuracy.
        most: The most of their votes that may be asked for one item, an expert's left out.
    """

    skill: float
    most: int


@dataclass(frozen=True, slots=True)
class ProposedDecision:
    """What is to be done with one task from now on."""

    task: int
    kind: DecisionKind
    votes: int
    reason: str
    confidence: float | None


def pilot(tasks: Sequence[int], policy: PolicySettings) -> frozenset[int]:
    """Pick the pilot: a seeded random sample of a population's tasks, the same at every call.

    A task's place depends on its own id and the seed alone, so tasks that come later never push
    out one that was picked, unless they rank before it.
    """
    ranked = sorted(tasks, key=lambda task: chance(policy.seed, "pilot", task))
    size = pilot_size(len(tasks)) if policy.pilot is None else policy.pilot
    return frozenset(ranked[:size])


def ask(
    one: Candidate, kind: DecisionKind, policy: PolicySettings, reason: str
) -> ProposedDecision:
    """Give a task to people."""
    return ProposedDecision(one.task, kind, policy.votes, reason, one.confidence)


def accept(one: Candidate, reason: str) -> ProposedDecision:
    """Leave a task to the model."""
    return ProposedDecision(one.task, "accept", 0, reason, one.confidence)


def review(one: Candidate, policy: PolicySettings, reason: str) -> ProposedDecision:
    """Have a task reviewed; of some, picked at random, the pre-label is not shown.

    Comparing the two tells what the pre-label does to people: see `aggregation.quality.anchoring`.
    """
    is_blind = chance(policy.seed, "blind", one.task) < policy.blind_share
    return ask(one, "blind" if is_blind else "review", policy, reason)


def is_in_doubt(one: Candidate, crowd: Crowd, policy: PolicySettings) -> bool:
    """Tell whether those who answered leave the label in doubt, and one more is worth asking."""
    if one.decision is None or one.decision.kind in LEFT_TO_MODEL:
        return False
    if not one.is_settled or one.posterior is None:
        return False
    what = value_of_information.step(
        one.posterior,
        one.votes,
        crowd.skill,
        policy,
        most=crowd.most,
        has_expert=one.has_expert and one.votes <= crowd.most,
    )
    return what in ("vote", "expert")


def ask_again(one: Candidate, crowd: Crowd, policy: PolicySettings) -> ProposedDecision | None:
    """Ask one more person where that is worth it; an expert, once the crowd's votes are spent."""
    if one.decision is None or not is_in_doubt(one, crowd, policy):
        return None
    who = "an expert" if one.votes >= crowd.most else "one more"
    reason = f"{one.votes} votes leave the label at {one.posterior:.2f}: {who} is asked"
    return ProposedDecision(one.task, one.decision.kind, one.votes + 1, reason, one.confidence)


def unique_id(project: int, task: int, number: int) -> str:
    """Name the annotation of one decision, so that storing it twice is storing it once."""
    return str(uuid5(NAMESPACE_URL, f"tandem:{project}:{task}:{number}"))


def number_after(decisions: Mapping[int, Decision], task: int) -> int:
    """Give the number of a task's next decision."""
    return decisions[task].number + 1 if task in decisions else 1
