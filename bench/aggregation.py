"""How well each aggregator finds the truth behind real crowds' votes.

    python -m bench.aggregation FOLDER... [--methods NAME...] [--votes N] [--seeds N] [--json]

A folder holds `crowd.csv` (task, worker, label) and `gold.csv` (task, label). With `--votes`, each
item keeps that many votes, drawn anew for every seed: real projects pay for few.
"""

import argparse
import json
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import pandas as pd
from rich.console import Console
from rich.table import Table

from aggregation.classification.registry import METHODS, aggregator


@dataclass(frozen=True, slots=True)
class AggregationResult:
    """One method on one crowd: mean accuracy over the seeds, mean seconds of one run."""

    folder: str
    method: str
    votes: int
    accuracy: float
    seconds: float


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the benchmark from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folders", nargs="+", type=Path, metavar="FOLDER")
    parser.add_argument("--methods", nargs="+", choices=METHODS, default=METHODS, metavar="NAME")
    parser.add_argument("--votes", type=int, help="votes an item, drawn at random; default: all")
    parser.add_argument("--seeds", type=int, default=1, help="draws to average over")
    parser.add_argument("--json", action="store_true", help="end with the results as one object")
    given = parser.parse_args(arguments)
    results = [
        result
        for folder in given.folders
        for result in measure(folder, given.methods, votes=given.votes, seeds=given.seeds)
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
        seeds: How many times, each with a seed of its own.

    Returns:
        One result per method: accuracy, and seconds.
    """
    crowd = pd.read_csv(folder / "crowd.csv", dtype="str")[["task", "worker", "label"]]
    gold = pd.read_csv(folder / "gold.csv", dtype="str").set_index("task")["label"]
    draws = [_draw(crowd, votes, seed) for seed in range(seeds)]
    return [_result(folder.name, method, draws, gold) for method in methods]


def _draw(crowd: pd.DataFrame, votes: int | None, seed: int) -> pd.DataFrame:
    if votes is None:
        return crowd
    return crowd.sample(frac=1.0, random_state=seed).groupby("task").head(votes)


def _result(
    folder: str, method: str, draws: Sequence[pd.DataFrame], gold: "pd.Series[str]"
) -> AggregationResult:
    started = time.perf_counter()
    labels = [aggregator(method, seed=s).fit_predict(draw) for s, draw in enumerate(draws)]
    seconds = (time.perf_counter() - started) / len(draws)
    accuracies = [float((found.reindex(gold.index) == gold).mean()) for found in labels]
    votes = sum(map(len, draws)) // len(draws)
    return AggregationResult(folder, method, votes, sum(accuracies) / len(accuracies), seconds)


def _table(results: Sequence[AggregationResult]) -> Table:
    table = Table("crowd", "method", "votes", "accuracy", "seconds")
    for result in results:
        table.add_row(
            result.folder,
            result.method,
            f"{result.votes:,}",
            f"{result.accuracy:.4f}",
            f"{result.seconds:.2f}",
        )
    return table


if __name__ == "__main__":
    main()
