"""The model's beliefs of the labels that stand, out of fold, where no pass has asked it yet."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from labeling.errors import BackendUnreachable
from routing.facts.project import ProjectFacts
from routing.facts.settled import SettledLabel
from routing.model.client import BackendClient
from routing.model.train import teach
from routing.snapshot.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class BelievedProject:
    """A project, with the model's belief of the labels that stand.

    Attributes:
        facts: What is known of it; nothing of what was asked for here is recorded anywhere.
        without_belief: Standing labels that votes alone speak of.
        backend_problem: Why the model could not be asked; None: it could, or need not be.
    """

    facts: ProjectFacts
    without_belief: int
    backend_problem: str | None = None


def with_held_out_beliefs(snapshot: Snapshot, backend: BackendClient) -> BelievedProject:
    """Return the project with what the model believes of its labels, out of fold.

    In a project that people labelled long ago the model answered nothing yet. It learns from all
    their labels then, and says what it believes of each by what the others teach. Nothing is
    written into Label Studio or the ledger, and the first pass teaches anew. While the model labels
    open tasks of a project in the loop, it is left as it is.

    Args:
        snapshot: The project, as it was just looked at.
        backend: Who learns.

    Returns:
        The project; as it was, where the backend cannot be asked.
    """
    facts = snapshot.facts
    missing = _without_belief(facts)
    if not missing or _is_labelling(facts):
        return BelievedProject(facts, missing)
    try:
        held_out = teach(snapshot, backend, _taught(facts)).held_out
    except BackendUnreachable as error:
        return BelievedProject(facts, missing, str(error))
    beliefs = {**facts.state.held_out, **{one.task: one for one in held_out}}
    facts = facts.with_state(replace(facts.state, held_out=beliefs))
    return BelievedProject(facts, _without_belief(facts))


def _taught(facts: ProjectFacts) -> Mapping[int, SettledLabel]:
    """Return people's labels, with the probability that people alone give them."""
    consensus = facts.consensus
    return {
        task: SettledLabel(label, consensus.probabilities[task])
        for task, label in consensus.labels.items()
    }


def _without_belief(facts: ProjectFacts) -> int:
    tasks, beliefs = facts.state.tasks, facts.beliefs
    return sum(
        task not in beliefs and tasks[task].unreadable is None for task in facts.consensus.labels
    )


def _is_labelling(facts: ProjectFacts) -> bool:
    """Return whether what the model learned labels tasks that nobody answered."""
    has_learned = any(one.answers for one in facts.state.rounds)
    return has_learned and any(task not in facts.answers.votes for task in facts.open_tasks)
