"""One campaign of Tandem, played to its end by the controller's own functions."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from labeling.mathtypes import Indices
from labeling.settings.settings import Settings
from routing.facts.populations import audit_status, promise_of, unchecked
from routing.facts.project import ProjectFacts
from routing.ledger.records import LedgerState
from routing.planning.effort import labels_spent
from tandem.export.outcome import dataset_of
from tandem.replay.beliefs import Beliefs
from tandem.replay.curves import ReplayCurve, ReplayPoint, accuracy
from tandem.replay.people import People
from tandem.replay.project import SimulatedProject


@dataclass(frozen=True, slots=True)
class ReplayedPromise:
    """A promise beside what came of it.

    Attributes:
        size: Items of the population.
        allowed: Labels that may differ from what people say.
        kept: Labels that the model kept.
        differ: Of these, the labels that differ from what all recorded votes come to.
        wrong: Of these, the labels that are wrong against the right ones, where they are known.
        audits: Audits that people answered.
        is_certified: Whether the promise was proved.
    """

    size: int
    allowed: int
    kept: int
    differ: int
    wrong: int
    audits: int
    is_certified: bool

    @property
    def is_kept(self) -> bool:
        """Whether no more labels differ than may."""
        return self.differ <= self.allowed


@dataclass(frozen=True, slots=True)
class ReplayedCampaign:
    """A campaign from the first pre-label to its end.

    Attributes:
        curve: Accuracy of all labels, people's and the model's, after every pass.
        promises: Those that were made, in order.
        by_model: Items that the model labelled alone.
    """

    curve: ReplayCurve
    promises: Sequence[ReplayedPromise]
    by_model: int


def play(
    beliefs: Beliefs,
    people: People,
    settings: Settings,
    said: Indices,
    budget: int | None = None,
) -> ReplayedCampaign:
    """Play a campaign until nothing is asked any more, or no more labels may be spent.

    Args:
        beliefs: What the model believes before it learns, and the right labels.
        people: Who answers.
        settings: The policy, and how votes become labels.
        said: What people would come to if all of them were asked, shape (items,).
        budget: Human labels at most; None: as many as are asked for.

    Returns:
        How it went.
    """
    project = SimulatedProject(beliefs, people, settings)
    points: list[ReplayPoint] = []
    idle = 0
    with threadpool_limits(1):
        # An answer that nobody is left to give is counted by the pass after the one that asks.
        while idle < 2:
            project.make_pass()
            points.append(_point(project, beliefs.gold))
            left = None if budget is None else budget - points[-1].labels
            idle = idle + 1 if not project.answer(left) else 0
    facts = project.facts
    promises = _promises(project, beliefs.gold, said)
    sources = dataset_of(facts)["source"]
    return ReplayedCampaign(
        ReplayCurve("Tandem", "tandem", _ascending(points)),
        promises,
        int((sources == "model").sum()),
    )


def final_labels(project: SimulatedProject) -> Indices:
    """Return the label that each item has by now, by number: the dataset's, else the likeliest.

    Args:
        project: The project.

    Returns:
        Shape (items,); -1 where nothing is known.
    """
    facts, dataset = project.facts, dataset_of(project.facts)
    labels = [
        label if isinstance(label, str) else _likeliest(facts, task)
        for task, label in zip(dataset["task"].tolist(), dataset["label"], strict=True)
    ]
    places = {name: place for place, name in enumerate(project.names)}
    return np.array([-1 if one is None else places[one] for one in labels], dtype=np.intp)


def _likeliest(facts: ProjectFacts, task: int) -> str | None:
    posterior = facts.consensus.posterior(task)
    return max(posterior, key=lambda label: round(posterior[label], 9)) if posterior else None


def _point(project: SimulatedProject, gold: Indices) -> ReplayPoint:
    state = project.facts.state
    return ReplayPoint(labels_spent(state), accuracy(final_labels(project), gold), _seconds(state))


def _seconds(state: LedgerState) -> float | None:
    times = [one.lead_time for one in state.annotations if not one.was_cancelled]
    measured = [one for one in times if one is not None]
    return float(sum(measured)) if len(measured) == len(times) else None


def _ascending(points: Sequence[ReplayPoint]) -> list[ReplayPoint]:
    """Keep the last point of every number of labels."""
    return [last for _, last in sorted({one.labels: one for one in points}.items())]


def _promises(project: SimulatedProject, gold: Indices, said: Indices) -> list[ReplayedPromise]:
    state, places = project.facts.state, {name: n for n, name in enumerate(project.names)}
    told = []
    for population in state.populations:
        left = unchecked(state, population)
        items = np.array([one.task - 1 for one in left], dtype=np.intp)
        kept = np.array([places[one.label or ""] for one in left], dtype=np.intp)
        right = gold[items]
        told.append(
            ReplayedPromise(
                size=population.size,
                allowed=promise_of(population).allowed,
                kept=len(left),
                differ=int((kept != said[items]).sum()),
                wrong=int(((kept != right) & (right >= 0)).sum()),
                audits=audit_status(state, population).audits,
                is_certified=population.kept_at is not None,
            )
        )
    return told
