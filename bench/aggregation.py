"""How well each aggregator finds the truth behind real crowds' votes.

    python -m bench.aggregation FOLDER... [--methods NAME...] [--votes N...] [--seeds N] [--json]

A folder holds `crowd.csv` (task, worker, label) and `gold.csv` (task, label). With `--votes`, each
item keeps that many votes, drawn anew for every seed: real projects pay for few; 0 stands for all.

`ahead` is the accuracy of the method less that of the best of crowd-kit's on the same crowd and
votes, and `interval` its half-width at 95%: from the tasks on which the two differ, in the mean of
the draws. The best is the one of the highest mean accuracy, known from the outcome, so that the
comparison favours it.
"""

import argparse
import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from rich.console import Console
from rich.table import Table

from aggregation.classification.registry import BAYESIAN, METHODS, aggregator
from labeling.mathtypes import Floats

Z = 1.96
"""Standard errors of an interval at 95%."""


@dataclass(frozen=True, slots=True)
class AggregationResult:
    """One method on one crowd: means over the draws.

    Attributes:
        folder: The crowd's.
        method: The aggregator.
        overlap: Votes an item that were drawn; None: all.
        votes: Of all items together.
        accuracy: The share of items whose label is right.
        ahead: Accuracy less that of the best of crowd-kit's; None where none of these was run.
        interval: Half the width of its interval at 95%.
        seconds: Of one run.
    """

    folder: str
    method: str
    overlap: int | None
    votes: int
    accuracy: float
    ahead: float | None
    interval: float | None
    seconds: float


@dataclass(frozen=True, slots=True)
class Judged:
    """One method's labels on one crowd: the share of draws in which each item's is right."""

    right: Floats
    seconds: float


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the benchmark from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folders", nargs="+", type=Path, metavar="FOLDER")
    parser.add_argument("--methods", nargs="+", choices=METHODS, default=METHODS, metavar="NAME")
    parser.add_argument(
        "--votes", nargs="+", type=int, default=[0], metavar="N", help="votes an item; 0: all"
    )
    parser.add_argument("--seeds", type=int, default=1, help="draws to average over")
    parser.add_argument("--json", action="store_true", help="end with the results as one object")
    given = parser.parse_args(arguments)
    results = [
        result
        for folder in given.folders
        for votes in given.votes
        for result in measure(folder, given.methods, votes=votes or None, seeds=given.seeds)
    ]
    Console().print(_table(results))
    if given.json:
        print(json.dumps({"results": [asdict(result) for result in results]}))


def measure(
    folder: Path, methods: Sequence[str] = METHODS, *, votes: int | None = None, seeds: int = 1
) -> list[AggregationResult]:
    """Measure methods on one crowd.

    Args:
        folder: Holds `crowd.csv` and `gold.csv`.
        methods: The aggregators.
        votes: Votes drawn per item; None: all.
        seeds: How many times, each with a seed of its own; once, where all votes are taken.

    Returns:
        One result per method.
    """
    crowd = pd.read_csv(folder / "crowd.csv", dtype="str")[["task", "worker", "label"]]
    gold = pd.read_csv(folder / "gold.csv", dtype="str").set_index("task")["label"]
    draws = [_draw(crowd, votes, seed) for seed in range(seeds if votes else 1)]
    judged = {method: _judged(method, draws, gold) for method in methods}
    best = _best_of_crowdkit(judged)
    results = []
    for method, found in judged.items():
        ahead = None if best is None else found.right - best.right
        results.append(
            AggregationResult(
                folder=folder.name,
                method=method,
                overlap=votes,
                votes=sum(map(len, draws)) // len(draws),
                accuracy=float(found.right.mean()),
                ahead=None if ahead is None else float(ahead.mean()),
                interval=None if ahead is None else float(Z * ahead.std() / np.sqrt(len(ahead))),
                seconds=found.seconds,
            )
        )
    return results


def _draw(crowd: pd.DataFrame, votes: int | None, seed: int) -> pd.DataFrame:
    if votes is None:
        return crowd
    return crowd.sample(frac=1.0, random_state=seed).groupby("task").head(votes)


def _judged(method: str, draws: Sequence[pd.DataFrame], gold: "pd.Series[str]") -> Judged:
    started = time.perf_counter()
    labels = [aggregator(method, seed=s).fit_predict(draw) for s, draw in enumerate(draws)]
    seconds = (time.perf_counter() - started) / len(draws)
    right = [(found.reindex(gold.index) == gold).to_numpy(np.float64) for found in labels]
    return Judged(np.mean(right, axis=0), seconds)


def _best_of_crowdkit(judged: Mapping[str, Judged]) -> Judged | None:
    theirs = [found for method, found in judged.items() if method not in BAYESIAN]
    return max(theirs, key=lambda found: float(found.right.mean()), default=None)


def _table(results: Sequence[AggregationResult]) -> Table:
    table = Table("crowd", "votes an item", "method", "votes", "accuracy", "ahead", "seconds")
    for result in results:
        table.add_row(
            result.folder,
            str(result.overlap or "all"),
            result.method,
            f"{result.votes:,}",
            f"{result.accuracy:.4f}",
            "" if result.ahead is None else f"{result.ahead:+.4f} ± {result.interval:.4f}",
            f"{result.seconds:.2f}",
        )
    return table


if __name__ == "__main__":
    main()
