"""A replay: the ways to label recorded work, each measured against the right labels."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from labeling.settings.settings import Settings
from routing.planning.costs import rates
from tandem.replay.beliefs import Beliefs
from tandem.replay.campaign import ReplayedCampaign, play
from tandem.replay.curves import ReplayCurve, ReplayPoint, accuracy
from tandem.replay.folder import RecordedWork, read_folder
from tandem.replay.model import beliefs_of
from tandem.replay.people_alone import labels_of, people_alone
from tandem.replay.recorded import RecordedPeople
from tandem.report.data import MethodComparison


@dataclass(frozen=True, slots=True)
class Replay:
    """What recorded work comes to, by each way to label it.

    Attributes:
        work: The recorded work.
        model: The model's name.
        source: Where its confidence comes from.
        alone: The model alone, before it learns.
        people: People alone, by every aggregator and by dynamic overlap.
        best: The way of people alone that is most right at the number of labels that Tandem spent.
        campaign: Tandem's campaign.
        comparison: The model alone, people alone at as many labels and with all votes, and Tandem.
        currency: What money is in.
        is_timed: Whether hours are those that people took, and not assumed.
    """

    work: RecordedWork
    model: str
    source: str
    alone: ReplayCurve
    people: Sequence[ReplayCurve]
    best: ReplayCurve
    campaign: ReplayedCampaign
    comparison: Sequence[MethodComparison]
    currency: str
    is_timed: bool


def replay(folder: Path, settings: Settings, cache: Path, budget: int | None = None) -> Replay:
    """Replay a folder.

    Args:
        folder: See `tandem.replay.folder`.
        settings: The policy, the costs, the model, and how votes become labels.
        cache: Where the model's scores and embeddings are kept.
        budget: Human labels that Tandem may spend; None: as many as it asks for.

    Returns:
        What came of it.

    Raises:
        SettingsError: The folder is not of that form.
        LabelConfigError: It asks for anything but one choice of labels.
    """
    work = read_folder(folder)
    return compare(work, beliefs_of(work, settings, cache), settings, budget)


def compare(
    work: RecordedWork, beliefs: Beliefs, settings: Settings, budget: int | None = None
) -> Replay:
    """Compare the ways to label recorded work.

    Args:
        work: The recorded work.
        beliefs: What the model believes of it before it learns.
        settings: The policy, the costs, and how votes become labels.
        budget: Human labels that Tandem may spend; None: as many as it asks for.

    Returns:
        What came of it.
    """
    method, seed = settings.aggregation.method, settings.policy.seed
    said = labels_of(work, work.votes, method, seed)
    campaign = play(beliefs, RecordedPeople(work), settings, said, budget)
    spent = campaign.curve.end.labels
    people = people_alone(work, settings, spent)
    best = max(people, key=lambda one: one.at(spent) or 0.0)
    alone = model_alone(beliefs)
    everything = max(people, key=lambda one: one.end.accuracy)
    rows = (
        ("Model alone", alone.end, len(work.tasks)),
        (f"People alone, {best.name}", _at(best, spent), 0),
        (f"People alone, all votes, {everything.name}", everything.end, 0),
        ("Tandem", campaign.curve.end, len(work.tasks)),
    )
    return Replay(
        work=work,
        model=beliefs.model,
        source=beliefs.source,
        alone=alone,
        people=people,
        best=best,
        campaign=campaign,
        comparison=[_compared(name, point, settings, models) for name, point, models in rows],
        currency=settings.costs.currency,
        is_timed=campaign.curve.end.seconds is not None,
    )


def model_alone(beliefs: Beliefs) -> ReplayCurve:
    """Take every answer of the model as it is.

    Args:
        beliefs: What it believes before it learns.
    """
    answers = np.asarray(beliefs.log_probabilities.argmax(axis=1), dtype=np.intp)
    return ReplayCurve(
        "model alone", "model", [ReplayPoint(0, accuracy(answers, beliefs.gold), 0.0)]
    )


def with_policy(settings: Settings, **changed: float) -> Settings:
    """Return settings with another policy.

    Args:
        settings: The settings.
        changed: What changes of it, by name.
    """
    return settings.model_copy(update={"policy": settings.policy.model_copy(update=changed)})


def _at(curve: ReplayCurve, labels: int) -> ReplayPoint:
    """Return the last point of a curve that took no more than so many labels."""
    return [one for one in curve.points if one.labels <= labels][-1]


def _compared(
    name: str, point: ReplayPoint, settings: Settings, model_labels: int
) -> MethodComparison:
    at = rates(settings.costs)
    return MethodComparison(
        name,
        point.accuracy,
        point.labels,
        at.money(point.labels, model_labels),
        at.hours(point.labels) if point.seconds is None else point.seconds / 3600,
    )
