"""What a replay says, in words and in numbers, for terminal, page and scripts alike."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from tandem.replay.campaign import ReplayedPromise
from tandem.replay.replay import Replay

MOST_ROWS = 10
"""Numbers of votes that the table has at most: the first ones, and the last."""


@dataclass(frozen=True, slots=True)
class VotesRow:
    """People alone with the same number of votes on every item.

    Attributes:
        votes: Votes an item, at most.
        labels: Human labels in all.
        accuracies: By aggregator, in their order; the last is dynamic overlap at as many labels.
    """

    votes: int
    labels: int
    accuracies: Sequence[float | None]


def promises_in_words(replay: Replay) -> list[str]:
    """Say of each promise what was allowed, what came of it, and whether it was kept."""
    promises = replay.campaign.promises
    if not promises:
        return ["Nothing was promised: the campaign ended before any label was frozen."]
    return [_in_words(number, one) for number, one in enumerate(promises, start=1)]


def votes_table(replay: Replay) -> list[VotesRow]:
    """Return people alone by votes an item and aggregator."""
    tasks = len(replay.work.tasks)
    deepest = int(replay.work.votes.groupby("task").size().max())
    rows = []
    for votes in range(1, deepest + 1):
        labels = min(votes * tasks, len(replay.work.votes))
        if votes <= MOST_ROWS - 1 or votes == deepest:
            rows.append(VotesRow(votes, labels, [one.at(labels) for one in replay.people]))
    return rows


def in_numbers(replay: Replay) -> dict[str, Any]:
    """Return a replay in the form of JSON."""
    return {
        "folder": replay.work.name,
        "items": len(replay.work.tasks),
        "votes": len(replay.work.votes),
        "model": replay.model,
        "source": replay.source,
        "comparison": [asdict(one) for one in replay.comparison],
        "tandem": [asdict(one) for one in replay.campaign.curve.points],
        "people": {one.name: [asdict(point) for point in one.points] for one in replay.people},
        "best_people": replay.best.name,
        "promises": [{**asdict(one), "is_kept": one.is_kept} for one in replay.campaign.promises],
        "by_model": replay.campaign.by_model,
        "is_timed": replay.is_timed,
    }


def _in_words(number: int, one: ReplayedPromise) -> str:
    verdict = "kept" if one.is_kept else "BROKEN"
    proof = f"certified after {one.audits} audits" if one.is_certified else "not certified"
    return (
        f"Promise {number}: of {one.size:,} labels, {one.allowed:,} may differ from what people"
        f" say. Of the {one.kept:,} that the model kept, {one.differ:,} differ from what all"
        f" recorded votes come to, and {one.wrong:,} are wrong: {verdict}, {proof}."
    )
