"""Whether matching labels better than asking at random, at equal votes, by real people's answers.

    python -m bench.matching FOLDER... [--votes N...] [--seeds N] [--json]

For the form of a folder see `tandem.replay.folder`. The texts come in random order, `BATCH` at a
time, each of which is asked about in as many rounds as it gets votes; a round is answered before
the next one. Only people who answered a text are asked it, and what they answered is known. By
`matching` the controller's own functions choose them, by what all answers so far tell of people:
never by the right labels, and without a model. `random` draws them; `least loaded` is what the
controller does without matching. The texts' order and the draws are the same for each.

`accuracy` is that of the labels that all votes come to, by `METHODS`. A difference is matching's
accuracy less that of another way, with the 95% interval of its mean over the seeds. `right` is the
share of right votes, and `most` the share of all votes that one person gave.
"""

import argparse
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import fmean

import numpy as np
import pandas as pd
from rich.console import Console
from rich.progress import track
from rich.table import Table

from aggregation.consensus import ProjectConsensus
from aggregation.votes import Answer
from bench.seed_mean import SeedMean, mean_of
from labeling.mathtypes import Integers
from routing.facts.vote_demands import Reviewer, VoteDemand
from routing.reviewers.assignment import Pair, plan_assignments
from routing.reviewers.matching import Matching
from tandem.replay.curves import accuracy
from tandem.replay.folder import RecordedWork, read_folder
from tandem.replay.people_alone import labels_of

WAYS = ("random", "least loaded", "matching")
METHODS = ("auto", "majority-vote")
BATCH = 100
"""Texts that are asked about at a time."""
ON_THE_WAY = "bayesian-one-coin"
"""The aggregator by which people's skills are learned between rounds."""
NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
NOT_ASKED = -1


@dataclass(frozen=True, slots=True)
class MatchingResult:
    """One folder at one number of votes a text; by way, then by aggregator."""

    folder: str
    votes: int
    seeds: int
    accuracy: dict[str, dict[str, float]]
    difference: dict[str, dict[str, SeedMean]]
    right: dict[str, float]
    most: dict[str, float]


@dataclass(frozen=True, slots=True)
class _Ending:
    accuracy: dict[str, float]
    right: float
    most: float


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the benchmark from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folders", nargs="+", type=Path, metavar="FOLDER")
    parser.add_argument("--votes", nargs="+", type=int, default=[3, 5], help="votes of each text")
    parser.add_argument("--seeds", type=int, default=20, help="orders of the texts")
    parser.add_argument("--json", action="store_true", help="end with the results as one object")
    given = parser.parse_args(arguments)
    results = [
        measure(read_folder(folder), votes, given.seeds)
        for folder in given.folders
        for votes in given.votes
    ]
    Console().print(_table(results))
    if given.json:
        print(json.dumps({f"{one.folder}/{one.votes}": asdict(one) for one in results}))


def measure(work: RecordedWork, votes: int, seeds: int) -> MatchingResult:
    """Replay recorded work in every way.

    Args:
        work: The recorded work.
        votes: Votes of each text.
        seeds: Orders of the texts.

    Returns:
        Means over the seeds, and matching's differences to the other ways.
    """
    said = _said(work)
    found = [
        {way: _replay(work, said, way, votes, seed) for way in WAYS}
        for seed in track(range(seeds), f"{work.name}, {votes} votes")
    ]

    def difference(other: str, method: str) -> SeedMean:
        return mean_of(
            [one["matching"].accuracy[method] - one[other].accuracy[method] for one in found]
        )

    return MatchingResult(
        folder=work.name,
        votes=votes,
        seeds=seeds,
        accuracy={
            way: {method: fmean(one[way].accuracy[method] for one in found) for method in METHODS}
            for way in WAYS
        },
        difference={
            way: {method: difference(way, method) for method in METHODS} for way in WAYS[:-1]
        },
        right={way: fmean(one[way].right for one in found) for way in WAYS},
        most={way: fmean(one[way].most for one in found) for way in WAYS},
    )


def _said(work: RecordedWork) -> Integers:
    """Return what everybody said of every task, (tasks, workers); below 0: nothing."""
    people = {worker: place for place, worker in enumerate(sorted(set(work.votes["worker"])))}
    said = np.full((len(work.tasks), len(people)), NOT_ASKED)
    said[work.votes["task"], work.votes["worker"].map(people)] = work.votes["label"]
    return said


def _replay(work: RecordedWork, said: Integers, way: str, votes: int, seed: int) -> _Ending:
    order = np.random.default_rng([seed, 5]).permutation(len(work.tasks)).tolist()
    asked: list[Pair] = []
    for first in range(0, len(order), BATCH):
        for given in range(1, votes + 1):
            demands = _demands(said, order[first : first + BATCH], asked, given)
            if way == "random":
                asked += [
                    (one.task, worker) for one in demands for worker in _drawn(one, said, seed)
                ]
            else:
                matching = _matching(work, said, asked) if way == "matching" and asked else None
                asked += _planned(demands, said, asked, seed, matching)
    frame = pd.DataFrame(
        [(task, f"{worker:04d}", said[task, worker]) for task, worker in asked],
        columns=["task", "worker", "label"],
    )
    known = work.gold[frame["task"]] >= 0
    return _Ending(
        accuracy={
            method: accuracy(labels_of(work, frame, method, seed), work.gold) for method in METHODS
        },
        right=float((frame["label"] == work.gold[frame["task"]])[known].mean()),
        most=float(frame["worker"].value_counts(normalize=True).iloc[0]),
    )


def _demands(
    said: Integers, tasks: Sequence[int], asked: Sequence[Pair], votes: int
) -> list[VoteDemand]:
    """Return what is owed of some tasks; whoever did not answer one is as if they skipped it."""
    gave = {task: frozenset(worker for one, worker in asked if one == task) for task in tasks}
    return [
        VoteDemand(
            task,
            votes - len(gave[task]),
            0.0,
            gave[task],
            frozenset(np.flatnonzero(said[task] == NOT_ASKED).tolist()),
        )
        for task in tasks
    ]


def _drawn(demand: VoteDemand, said: Integers, seed: int) -> list[int]:
    could = sorted({*range(said.shape[1])} - demand.skipped - demand.answered)
    rng = np.random.default_rng([seed, demand.task, len(demand.answered)])
    return [int(worker) for worker in rng.permutation(could)[: demand.votes]]


def _planned(
    demands: Sequence[VoteDemand],
    said: Integers,
    asked: Sequence[Pair],
    seed: int,
    matching: Matching | None,
) -> list[Pair]:
    reviewers = [Reviewer(worker, len(said)) for worker in range(said.shape[1])]
    worth = None if matching is None else matching.worth
    return plan_assignments(demands, reviewers, dict.fromkeys(asked, "done"), seed, (), worth).new


def _matching(work: RecordedWork, said: Integers, asked: Sequence[Pair]) -> Matching:
    """Learn what answers are worth from all that were given so far."""
    consensus = ProjectConsensus(
        answers=[
            Answer(task, str(worker), str(said[task, worker]), "person", NOON)
            for task, worker in asked
        ],
        beliefs={},
        offered=[str(label) for label in range(len(work.labels))],
        method=ON_THE_WAY,
    )
    return Matching(consensus, {worker: str(worker) for _, worker in asked})


def _table(results: Sequence[MatchingResult]) -> Table:
    table = Table("folder", "votes", "way", *METHODS, "right", "most", "matching's difference")
    for one in results:
        for way in WAYS:
            shown = [f"{one.accuracy[way][method]:.4f}" for method in METHODS]
            told = "; ".join(map(_words, one.difference.get(way, {}).values()))
            share, most = f"{one.right[way]:.3f}", f"{one.most[way]:.3f}"
            table.add_row(one.folder, str(one.votes), way, *shown, share, most, told)
    return table


def _words(difference: SeedMean) -> str:
    return f"{difference.mean:+.4f} ({difference.low:+.4f} to {difference.high:+.4f})"


if __name__ == "__main__":
    main()
