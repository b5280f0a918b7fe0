"""Who labels what: from what is known of a task to a proposed decision, with its reason. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import NAMESPACE_URL, uuid5

from aggregation.beliefs import Posterior
from aggregation.people import CrowdConfusion
from labeling.settings.policy_section import PolicySettings
from routing.guarantee.audited_errors import HIGHEST_ERROR
from routing.guarantee.hash_random import hash_uniform
from routing.ledger.records import LEFT_TO_MODEL, Decision, DecisionKind
from routing.planning import value_of_information
from routing.planning.value_of_information import MOST_DOUBTFUL, NextVote


@dataclass(frozen=True, slots=True)
class TaskEvidence:
    """What is known of one task when it is decided on.

    Attributes:
        task: Its id.
        confidence: Of the model's prediction of the present version; None where it has none.
        votes: How many people answered it, as it was asked.
        posterior: Probability of the label that people give it; None without votes. Of what is
            asked blind, by blind votes alone: the model must not decide how often it is checked.
        decision: What was decided last; None: nothing yet.
        has_expert: Whether an expert is named who was not asked about it yet.
        distribution: Probability of every label by people's votes; None where answers are open.
        final: Probability of the final label, by all that is known; None: it cannot be disputed.
        is_contradicted: Whether the final label is another than people's own.
    """

    task: int
    confidence: float | None
    votes: int = 0
    posterior: float | None = None
    decision: Decision | None = None
    has_expert: bool = False
    distribution: Posterior | None = None
    final: float | None = None
    is_contradicted: bool = False

    @property
    def is_settled(self) -> bool:
        """Whether as many people answered as were asked for."""
        return self.decision is not None and self.votes >= self.decision.votes


@dataclass(frozen=True, slots=True)
class CrowdQuality:
    """What is known of the people who answer.

    Attributes:
        skill: Their mean accuracy.
        most: The most of their votes that may be asked for one item, an expert's left out.
        confusion: What they say of each true label; None where their accuracy tells it.
    """

    skill: float
    most: int
    confusion: CrowdConfusion | None = None

    def next_vote(self, distribution: Posterior | None) -> NextVote:
        """Return how the next voters stand to an item's leading label."""
        if self.confusion is None or distribution is None:
            return NextVote.of_skill(self.skill)
        labels = list(self.confusion)
        return NextVote.of_crowd(
            [distribution.get(label, 0.0) for label in labels],
            [list(self.confusion[label].values()) for label in labels],
        )


@dataclass(frozen=True, slots=True)
class ProposedDecision:
    """What is to be done with one task from now on."""

    task: int
    kind: DecisionKind
    votes: int
    reason: str
    confidence: float | None


def ask(
    one: TaskEvidence, kind: DecisionKind, policy: PolicySettings, reason: str
) -> ProposedDecision:
    """Propose to give a task to people.

    Args:
        one: What is known of the task.
        kind: How it is asked.
        policy: The settings: how many people are asked.
        reason: Why, in one line.

    Returns:
        The proposed decision.
    """
    return ProposedDecision(one.task, kind, policy.votes, reason, one.confidence)


def accept(one: TaskEvidence, reason: str) -> ProposedDecision:
    """Propose to leave a task to the model.

    Args:
        one: What is known of the task.
        reason: Why, in one line.

    Returns:
        The proposed decision.
    """
    return ProposedDecision(one.task, "accept", 0, reason, one.confidence)


def review(one: TaskEvidence, policy: PolicySettings, reason: str) -> ProposedDecision:
    """Propose to have a task reviewed; of some, picked at random, the pre-label is not shown.

    Comparing the two tells what the pre-label does to people: see `aggregation.quality.anchoring`.

    Args:
        one: What is known of the task.
        policy: The settings: the share that is asked blind, and the seed of that pick.
        reason: Why, in one line.

    Returns:
        The proposed decision.
    """
    is_blind = hash_uniform(policy.seed, "blind", one.task) < policy.blind_share
    return ask(one, "blind" if is_blind else "review", policy, reason)


def is_in_doubt(one: TaskEvidence, crowd: CrowdQuality, policy: PolicySettings) -> bool:
    """Return whether those who answered leave the label in doubt, and one more is worth asking.

    Args:
        one: What is known of the task.
        crowd: What is known of the people.
        policy: The settings: the wanted level, and what an error costs.

    Returns:
        Whether one more person would be asked; False where the model has the task.
    """
    if one.decision is None or one.decision.kind in LEFT_TO_MODEL:
        return False
    if one.decision.kind == "dispute" and one.final is not None:
        return False
    return one.is_settled and _is_worth_asking(one, one.posterior, crowd, policy)


def is_disputed(one: TaskEvidence, crowd: CrowdQuality, policy: PolicySettings) -> bool:
    """Return whether one more person is worth asking, blind, where people are done with a task.

    It is where the final label is less probable than `settle_above`. Where it is another than
    people's own, it is held to be as doubtful as a label can be, however probable: the one or the
    other would be overruled, so another person's word is sought first.

    Args:
        one: What is known of the task.
        crowd: What is known of the people.
        policy: The settings: the wanted level, and what an error costs.
    """
    if one.final is None or not one.is_settled or is_in_doubt(one, crowd, policy):
        return False
    probability = MOST_DOUBTFUL if one.is_contradicted else one.final
    return _is_worth_asking(one, probability, crowd, policy)


def ask_again(
    one: TaskEvidence, crowd: CrowdQuality, policy: PolicySettings
) -> ProposedDecision | None:
    """Propose one more vote where that is worth it; an expert's, once the crowd's are spent.

    Args:
        one: What is known of the task.
        crowd: What is known of the people.
        policy: The settings: the wanted level, and what an error costs.

    Returns:
        The proposed decision; None: nobody is asked.
    """
    if one.decision is None or not is_in_doubt(one, crowd, policy):
        return None
    reason = f"{one.votes} votes leave the label at {one.posterior:.2f}: {_next(one, crowd)}"
    return ProposedDecision(one.task, one.decision.kind, one.votes + 1, reason, one.confidence)


def dispute(
    one: TaskEvidence, crowd: CrowdQuality, policy: PolicySettings
) -> ProposedDecision | None:
    """Propose to ask one more person, blind, about a label that people are done with.

    Args:
        one: What is known of the task.
        crowd: What is known of the people.
        policy: The settings: the wanted level, and what an error costs.

    Returns:
        The proposed decision; None: the label stands as it is.
    """
    if one.final is None or not is_disputed(one, crowd, policy):
        return None
    found = (
        "contradict each other" if one.is_contradicted else f"leave the label at {one.final:.2f}"
    )
    reason = f"{one.votes} votes and the model {found}: {_next(one, crowd)}"
    return ProposedDecision(one.task, "dispute", one.votes + 1, reason, one.confidence)


def doubt(
    one: TaskEvidence, error: float, crowd: CrowdQuality, policy: PolicySettings
) -> ProposedDecision | None:
    """Propose to ask a person, blind, about a certified label that is little better than a guess.

    A promise allows for so many errors, which is no reason to fill them with guesses.

    Args:
        one: What is known of the task, which nobody answered.
        error: The probability that its frozen label is wrong; see `audited_errors`.
        crowd: What is known of the people.
        policy: The settings: the wanted level, and what an error costs.

    Returns:
        The proposed decision; None: the model keeps the label.
    """
    if error <= HIGHEST_ERROR or not _is_worth_asking(one, 1 - error, crowd, policy):
        return None
    reason = f"the model's label is wrong with probability {error:.2f}"
    return ask(one, "dispute", policy, reason)


def _is_worth_asking(
    one: TaskEvidence, probability: float | None, crowd: CrowdQuality, policy: PolicySettings
) -> bool:
    """Return whether one more vote, or an expert's, is worth its price at this probability."""
    if probability is None:
        return False
    next_step = value_of_information.step(
        probability,
        one.votes,
        crowd.next_vote(one.distribution),
        policy,
        most=crowd.most,
        has_expert=one.has_expert and one.votes <= crowd.most,
    )
    return next_step in ("vote", "expert")


def _next(one: TaskEvidence, crowd: CrowdQuality) -> str:
    return f"{'an expert' if one.votes >= crowd.most else 'one more'} is asked"


def unique_id(project: int, task: int, number: int) -> str:
    """Name the annotation of one decision, so that storing it twice is storing it once.

    Args:
        project: Label Studio's id of the project.
        task: The task.
        number: The decision's.

    Returns:
        A UUID.
    """
    return str(uuid5(NAMESPACE_URL, f"tandem:{project}:{task}:{number}"))


def number_after(decisions: Mapping[int, Decision], task: int) -> int:
    """Return the number of a task's next decision, from 1.

    Args:
        decisions: The latest decision of each task.
        task: The task.
    """
    return decisions[task].number + 1 if task in decisions else 1
