"""How many votes dynamic overlap saves on real crowds, beside fixed overlap.

    python -m bench.overlap FOLDER... [--seeds N] [--settle P] [--error-cost C] [--json]

A folder holds `crowd.csv` (task, worker, label) and `gold.csv` (task, label). The crowd is
replayed, in the order of the file and in N random orders. Every item starts with one vote. In each
round a tenth of the items at most, those with most to gain, get their next vote where
`routing.planning.value_of_information` asks for one; then the model of workers is chosen anew from
the votes seen so far, and skills and labels are estimated by it (`aggregation.classification`).
Fixed overlap takes the first 1, 2, 3, … votes of every item in the same order, under the same
aggregator. Of an item with more than ten votes the first ten count.

`votes_saved` compares votes at equal accuracy: one minus the votes that dynamic overlap spent over
the fewest with which fixed overlap, at its best at most, is as accurate, interpolated between whole
overlaps; both are means over all orders. `votes_saved_file` is that of the file's order alone,
`votes_saved_sd` the deviation over the orders. Of several folders, the object's own `votes_saved`
is the least.
"""

import argparse
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import fmean, stdev

import numpy as np
import pandas as pd
from rich.console import Console
from rich.table import Table

from aggregation.classification.expectation_maximisation import Estimate, Prior
from aggregation.classification.model_choice import choose
from aggregation.classification.model_fit import fits
from aggregation.classification.numbered_votes import NumberedVotes
from labeling.mathtypes import Floats, Indices
from labeling.settings.policy_section import PolicySettings
from routing.planning.value_of_information import NextVote, gain

LEVELS = (0.8, 0.9, 0.95, 0.98, 0.99)
"""Wanted probabilities of the label that are shown beside the chosen one."""
SETTLE_ABOVE = 0.999
"""The chosen one: it leaves it to the price of a vote when to stop."""
DEEPEST = 10
"""Votes of one item that are used at most."""
TOLERANCE = 1e-4
"""An estimation ends when no posterior moves further than this."""
ROUND_SHARE = 0.1
"""The share of the items that one round asks about at most."""


@dataclass(frozen=True, slots=True)
class OverlapPoint:
    """Votes an item, and the share of right labels."""

    votes: float
    accuracy: float


@dataclass(frozen=True, slots=True)
class OverlapLevel:
    """Dynamic overlap at one wanted probability: means over the orders."""

    settle_above: float
    point: OverlapPoint
    votes_saved: float


@dataclass(frozen=True, slots=True)
class OverlapResult:
    """One crowd: means over the orders, `votes_saved` at the chosen level."""

    folder: str
    orders: int
    fixed: list[OverlapPoint]
    dynamic: list[OverlapLevel]
    votes_saved: float
    votes_saved_sd: float
    votes_saved_file: float


@dataclass(frozen=True, slots=True)
class ShuffledCrowd:
    """A crowd in one order.

    Attributes:
        votes: Every vote.
        place: How many votes of its task come before each vote.
        gold: The right label of each task; -1 where none is known.
    """

    votes: NumberedVotes
    place: Indices
    gold: Indices

    def seen(self, overlap: Indices) -> Estimate:
        """Estimate labels and workers from each task's first `overlap` votes alone."""
        tasks, _, labels = self.votes.shape
        first = self.votes.where(self.place < overlap[self.votes.tasks])
        prior, models = Prior.none(tasks, labels), [choose(first).model]
        return next(fits(first, prior, models, tolerance=TOLERANCE))

    def point(self, overlap: Indices, seen: Estimate) -> OverlapPoint:
        """Judge the labels against gold.

        Args:
            overlap: Votes that each task got, shape (tasks,).
            seen: What the aggregator makes of these.

        Returns:
            Votes per task, and the share of right labels.
        """
        known = self.gold >= 0
        votes = np.minimum(overlap, self.votes.of_task)[known].mean()
        labels = seen.posterior.round(9).argmax(axis=1)
        return OverlapPoint(float(votes), float((labels == self.gold)[known].mean()))


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the benchmark from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folders", nargs="+", type=Path, metavar="FOLDER")
    parser.add_argument("--seeds", type=int, default=10, help="random orders beside the file's")
    parser.add_argument("--settle", type=float, default=SETTLE_ABOVE, help="wanted probability")
    parser.add_argument(
        "--error-cost",
        type=float,
        default=PolicySettings().error_cost,
        help="what a wrong label costs, in votes",
    )
    parser.add_argument("--json", action="store_true", help="end with the results as one object")
    given = parser.parse_args(arguments)
    results = [
        measure(folder, seeds=given.seeds, settle=given.settle, error_cost=given.error_cost)
        for folder in given.folders
    ]
    for result in results:
        Console().print(_table(result))
    if given.json:
        least = min(result.votes_saved for result in results)
        print(json.dumps({"votes_saved": least, "results": [asdict(one) for one in results]}))


def measure(folder: Path, *, seeds: int, settle: float, error_cost: float) -> OverlapResult:
    """Measure fixed and dynamic overlap on one crowd.

    Args:
        folder: Holds `crowd.csv` and `gold.csv`.
        seeds: Orders of the votes.
        settle: The probability above which a task gets no more votes.
        error_cost: What a wrong label costs, in votes.

    Returns:
        Means over the orders.
    """
    votes = pd.read_csv(folder / "crowd.csv", dtype="str")[["task", "worker", "label"]]
    gold = pd.read_csv(folder / "gold.csv", dtype="str").set_index("task")["label"]
    orders = [crowd_of(votes, gold, seed) for seed in (None, *range(seeds))]
    deepest = int(orders[0].votes.of_task.max())
    curves = [fixed(crowd, deepest) for crowd in orders]
    curve = [mean_of([one[k] for one in curves]) for k in range(deepest)]
    levels = []
    for level in sorted({*LEVELS, settle}):
        points = [dynamic(crowd, level, error_cost) for crowd in orders]
        levels.append(OverlapLevel(level, mean_of(points), saved(mean_of(points), curve)))
        if level == settle:
            chosen = points
    each = [saved(point, curve) for point in chosen]
    return OverlapResult(
        folder=folder.name,
        orders=len(orders),
        fixed=curve,
        dynamic=levels,
        votes_saved=saved(mean_of(chosen), curve),
        votes_saved_sd=stdev(each) if len(each) > 1 else 0.0,
        votes_saved_file=saved(chosen[0], curves[0]),
    )


def crowd_of(votes: pd.DataFrame, gold: "pd.Series[str]", seed: int | None) -> ShuffledCrowd:
    """Number a crowd's tasks, workers and labels; shuffle its votes, unless the seed is None.

    Args:
        votes: Votes `task, worker, label`.
        gold: The right labels, by task.
        seed: Of the order; None: the file's.

    Returns:
        The crowd, by numbers.
    """
    if seed is not None:
        votes = votes.sample(frac=1.0, random_state=seed)
    votes = votes.groupby("task").head(DEEPEST)
    names = [pd.Index(sorted(votes[column].unique())) for column in ("task", "worker", "label")]
    tasks, workers, labels = (
        np.asarray(index.get_indexer(pd.Index(votes[column])), dtype=np.intp)
        for index, column in zip(names, ("task", "worker", "label"), strict=True)
    )
    place = np.asarray(votes.groupby("task").cumcount(), dtype=np.intp)
    right = np.asarray(names[2].get_indexer(pd.Index(gold.reindex(names[0]))), dtype=np.intp)
    shape = (len(names[0]), len(names[1]), len(names[2]))
    return ShuffledCrowd(NumberedVotes(tasks, workers, labels, shape), place, right)


def fixed(crowd: ShuffledCrowd, deepest: int) -> list[OverlapPoint]:
    """Return votes and accuracy of every fixed overlap from 1 on.

    Args:
        crowd: The crowd.
        deepest: The largest overlap.

    Returns:
        One point per overlap.
    """
    overlaps = [np.full(len(crowd.votes.of_task), k, dtype=np.intp) for k in range(1, deepest + 1)]
    return [crowd.point(overlap, crowd.seen(overlap)) for overlap in overlaps]


def dynamic(crowd: ShuffledCrowd, settle: float, error_cost: float) -> OverlapPoint:
    """Replay one order round by round.

    Args:
        crowd: The crowd.
        settle: The probability above which a task gets no more votes.
        error_cost: What a wrong label costs, in votes.

    Returns:
        The votes that were spent, and how right the labels are.
    """
    sizes, most = crowd.votes.of_task, max(1, int(np.ceil(ROUND_SHARE * len(crowd.votes.of_task))))
    overlap = np.ones_like(sizes)
    while True:
        seen = crowd.seen(overlap)
        leading: Floats = seen.posterior.max(axis=1)
        voters = NextVote.of_crowd(seen.posterior, seen.workers.crowd_confusion())
        worth = gain(leading, sizes - overlap, voters, error_cost)
        worth[leading >= settle] = 0.0
        asked = np.argsort(-worth, kind="stable")[:most]
        asked = asked[worth[asked] > 0]
        if not len(asked):
            return crowd.point(overlap, seen)
        overlap[asked] += 1


def saved(point: OverlapPoint, curve: Sequence[OverlapPoint]) -> float:
    """Return the share of votes that are saved against fixed overlap of the same accuracy.

    Args:
        point: Votes and accuracy of dynamic overlap.
        curve: Those of fixed overlaps, by votes.

    Returns:
        The share; negative where more votes are spent.
    """
    accuracy = min(point.accuracy, max(one.accuracy for one in curve))
    last = curve[0]
    for one in curve:
        if one.accuracy >= accuracy:
            break
        last = max(last, one, key=lambda point: point.accuracy)
    if one.accuracy <= last.accuracy:
        return 1 - point.votes / one.votes
    way = (accuracy - last.accuracy) / (one.accuracy - last.accuracy)
    return 1 - point.votes / (last.votes + way * (one.votes - last.votes))


def mean_of(points: Sequence[OverlapPoint]) -> OverlapPoint:
    """Average votes and accuracy."""
    return OverlapPoint(fmean(one.votes for one in points), fmean(one.accuracy for one in points))


def _table(result: OverlapResult) -> Table:
    table = Table(
        "overlap",
        "votes an item",
        "accuracy",
        "saved",
        title=f"{result.folder}, {result.orders} orders",
    )
    for overlap, point in enumerate(result.fixed, start=1):
        if overlap in (1, 3, 5, 10):
            table.add_row(f"fixed {overlap}", f"{point.votes:.2f}", f"{point.accuracy:.4f}", "")
    for level in result.dynamic:
        table.add_row(
            f"until {level.settle_above:g}",
            f"{level.point.votes:.2f}",
            f"{level.point.accuracy:.4f}",
            f"{level.votes_saved:.3f}",
        )
    table.caption = (
        f"votes saved: {result.votes_saved:.3f} ± {result.votes_saved_sd:.3f}; "
        f"in the file's order {result.votes_saved_file:.3f}"
    )
    return table


if __name__ == "__main__":
    main()
