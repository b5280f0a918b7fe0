"""People alone: what recorded votes come to without a model, as they are spent."""

from datetime import UTC, datetime

import numpy as np
import pandas as pd

from aggregation.classification.registry import METHODS, aggregator
from aggregation.consensus import ProjectConsensus
from aggregation.votes import Answer
from labeling.mathtypes import Floats, Indices
from labeling.settings.settings import Settings
from routing.planning.value_of_information import NextVote, gain
from tandem.replay.curves import ReplayCurve, ReplayPoint, accuracy
from tandem.replay.folder import Frame, RecordedWork

DYNAMIC = "dynamic overlap"

ROUND_SHARE = 0.1
"""The share of the items that dynamic overlap asks about at a time, at most."""

ERROR_COST = 10_000.0
"""What a wrong label costs dynamic overlap, in votes: so much that it asks on while anything may be
gained."""

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


def first_votes(work: RecordedWork, labels: int) -> Frame:
    """Share labels out evenly: every task's first vote, then every second one, and so on.

    Args:
        work: The recorded work.
        labels: Votes in all.

    Returns:
        The votes, as many or all that there are.
    """
    place = work.votes.groupby("task").cumcount().to_numpy()
    return work.votes.iloc[np.argsort(place, kind="stable")[:labels]]


def labels_of(work: RecordedWork, votes: Frame, method: str, seed: int) -> Indices:
    """Aggregate votes; who has none gets the label that is most frequent among the others.

    Args:
        work: The recorded work.
        votes: Those that count.
        method: The aggregator, by name.
        seed: Of an aggregator that starts at random.

    Returns:
        The label of each task, by number, shape (tasks,).
    """
    named = votes.assign(label=votes["label"].map(_name))
    found = aggregator(method, seed=seed).fit_predict(named)
    by_task = found.map(int).reindex(range(len(work.tasks)))
    most_frequent = by_task.mode().iloc[0]
    return by_task.fillna(most_frequent).to_numpy(dtype=np.intp)


def fixed_overlap(
    work: RecordedWork, method: str, seed: int, counts: Indices | list[int]
) -> ReplayCurve:
    """Give every task the same number of votes.

    Args:
        work: The recorded work.
        method: The aggregator, by name.
        seed: Of an aggregator that starts at random.
        counts: Human labels in all, one a point.

    Returns:
        How right they are.
    """
    points = []
    for labels in counts:
        votes = first_votes(work, int(labels))
        given = labels_of(work, votes, method, seed)
        points.append(ReplayPoint(len(votes), accuracy(given, work.gold), _seconds(votes)))
    return ReplayCurve(method, "people", points)


def dynamic_overlap(work: RecordedWork, settings: Settings, most: int | None = None) -> ReplayCurve:
    """Ask one more person wherever the controller's rule says that a vote gains most.

    Every task starts with one vote. In each round a tenth of the tasks at most get their next one.

    Args:
        work: The recorded work.
        settings: How votes become labels.
        most: Human labels at which it ends; None: where nothing may be gained any more.

    Returns:
        How right the labels are after each round.
    """
    place = work.votes.groupby("task").cumcount().to_numpy()
    tasks = work.votes["task"].to_numpy()
    sizes = np.bincount(tasks, minlength=len(work.tasks))
    overlap = np.minimum(1, sizes)
    a_round = max(1, int(np.ceil(ROUND_SHARE * len(sizes))))
    points: list[ReplayPoint] = []
    while True:
        votes = work.votes[place < overlap[tasks]]
        consensus = _consensus(work, votes, settings)
        given = np.array([int(consensus.labels[task]) for task in range(len(sizes))], dtype=np.intp)
        points.append(ReplayPoint(len(votes), accuracy(given, work.gold), _seconds(votes)))
        known = consensus.probabilities
        leading: Floats = np.array([known[task] for task in range(len(sizes))])
        worth = gain(leading, sizes - overlap, _next_votes(consensus), ERROR_COST)
        asked = np.argsort(-worth, kind="stable")[:a_round]
        asked = asked[worth[asked] > 0]
        if not len(asked) or (most is not None and len(votes) >= most):
            return ReplayCurve(DYNAMIC, "people", points)
        overlap[asked] += 1


def _next_votes(consensus: ProjectConsensus) -> NextVote:
    confusion = consensus.crowd_confusion
    if confusion is None:
        return NextVote.of_skill(consensus.crowd_accuracy)
    known = [consensus.posteriors[task] for task in sorted(consensus.posteriors)]
    return NextVote.of_crowd(
        [[posterior[label] for label in confusion] for posterior in known],
        [list(said.values()) for said in confusion.values()],
    )


def people_alone(work: RecordedWork, settings: Settings, also: int) -> list[ReplayCurve]:
    """Return the curves of every aggregator at every fixed number of votes, and of dynamic overlap.

    Args:
        work: The recorded work.
        settings: How votes become labels, and the seed.
        also: A number of labels that is no multiple of the tasks, and is looked at too.

    Returns:
        A curve an aggregator, and dynamic overlap's last.
    """
    deepest = int(work.votes.groupby("task").size().max())
    each = (len(work.tasks) * votes for votes in range(1, deepest + 1))
    counts = sorted({max(also, 1), *(min(labels, len(work.votes)) for labels in each)})
    seed = settings.policy.seed
    return [
        *(fixed_overlap(work, method, seed, counts) for method in METHODS),
        dynamic_overlap(work, settings),
    ]


def _consensus(work: RecordedWork, votes: Frame, settings: Settings) -> ProjectConsensus:
    columns = (votes[name].tolist() for name in ("task", "worker", "label"))
    return ProjectConsensus(
        answers=[
            Answer(task, worker, _name(label), "person", NOON)
            for task, worker, label in zip(*columns, strict=True)
        ],
        beliefs={},
        offered=[_name(label) for label in range(len(work.labels))],
        method=settings.aggregation.method,
        seed=settings.policy.seed,
    )


def _name(label: int) -> str:
    """Name a label by its number, so that names sort as numbers do."""
    return f"{label:04d}"


def _seconds(votes: pd.DataFrame) -> float | None:
    seconds = votes["seconds"]
    return None if seconds.isna().any() else float(seconds.sum())
