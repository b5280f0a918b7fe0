"""Known answers that the project holds: ground truth, experts, and people who agree. Pure."""

from collections.abc import Iterator, Sequence

from labeling.settings.quality_section import QualitySettings
from routing.control_tasks.known_answer import KnownAnswer, merged
from routing.facts.project import ProjectFacts
from routing.ledger.control_tasks import KnownFrom
from routing.ledger.records import LedgerAnnotation

AGREEING = 3
"""People who must have answered an item blind before their agreement makes its answer known."""


def mined(
    facts: ProjectFacts, standing: Sequence[LedgerAnnotation], quality: QualitySettings
) -> list[KnownAnswer]:
    """Return what is known of the project's own tasks, each task once, by ascending id.

    What is marked as ground truth comes before what an expert said, and that before what people
    agree in, wherever several know a task.

    Args:
        facts: What is known of the project.
        standing: The annotations that stand in the main project itself.
        quality: The settings: what counts.

    Returns:
        The known answers.
    """
    sources = {
        "ground_truth": lambda: _stated(
            (one for one in standing if one.ground_truth), "ground_truth", facts
        ),
        "experts": lambda: _stated(_of_experts(facts), "experts", facts),
        "agreement": lambda: _agreed(facts, quality.agreement_above),
    }
    wanted = [name for name in sources if name in quality.known_from]
    found = merged(known for name in wanted for known in sources[name]())
    return sorted(found, key=lambda one: one.task or 0)


def _of_experts(facts: ProjectFacts) -> Iterator[LedgerAnnotation]:
    experts = {one.worker for one in facts.reviewers if one.expert}
    return (one for one in facts.state.annotations if one.worker_id in experts)


def _stated(
    annotations: Iterator[LedgerAnnotation], origin: KnownFrom, facts: ProjectFacts
) -> Iterator[KnownAnswer]:
    """Give what people stated; what the model's user states is known to nobody."""
    for one in annotations:
        if one.kind == "person" and one.answer is not None and _is_readable(facts, one.task):
            yield KnownAnswer((one.answer,), origin, task=one.task)


def _agreed(facts: ProjectFacts, above: float) -> Iterator[KnownAnswer]:
    """Give the labels that people who answered blind, and nobody else, are nearly sure of."""
    probabilities, votes = facts.consensus.probabilities, facts.answers.votes
    for task, blind in facts.answers.blind_votes.items():
        is_blind_alone = task in facts.blind_alone or len(blind) == len(votes[task])
        if len(blind) < AGREEING or not is_blind_alone or not _is_readable(facts, task):
            continue
        probability = probabilities.get(task, 0.0)
        if probability >= above:
            label = facts.task_labels.people[task]
            yield KnownAnswer((label,), "agreement", task=task, probability=probability)


def _is_readable(facts: ProjectFacts, task: int) -> bool:
    return task in facts.state.tasks and facts.state.tasks[task].unreadable is None
