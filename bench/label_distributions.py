"""How near an estimate of what people would say of a task comes to what other people say of it.

    python -m bench.label_distributions FOLDER... [--votes N...] [--seeds N] [--json]

A folder holds `crowd.csv` (task, worker, label). Of each task that has two votes more than N, each
seed draws N votes to estimate from; the rest are other people's opinions, which judge the
estimate: by log loss, in nats a vote, and by the Brier score, both lowest for the true shares.
Beside `ours` are the plain shares of the votes (`plain`, kept at 1% at least) and one vote more for
every label (`add one`).
"""

import argparse
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from rich.console import Console
from rich.table import Table

from aggregation.subjective.label_distributions import label_distributions
from labeling.mathtypes import Floats

LEAST = 0.01
"""The least share that a label keeps where plain shares give it none."""

OTHERS = 2
"""Votes of others that a task has at least."""


@dataclass(frozen=True, slots=True)
class DistributionsResult:
    """One crowd at so many votes a task: means over tasks and seeds.

    Attributes:
        folder: The crowd's.
        votes: Votes a task that were drawn.
        tasks: How many tasks have votes enough.
        concentration: What was learned of how far tasks differ, in votes.
        log_loss: Nats a vote of others, by the estimate's name.
        brier: The Brier score, by the estimate's name.
    """

    folder: str
    votes: int
    tasks: int
    concentration: float
    log_loss: Mapping[str, float]
    brier: Mapping[str, float]


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the benchmark from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folders", nargs="+", type=Path, metavar="FOLDER")
    parser.add_argument("--votes", nargs="+", type=int, default=[1, 3, 5], metavar="N")
    parser.add_argument("--seeds", type=int, default=5, help="draws to average over")
    parser.add_argument("--json", action="store_true", help="end with the results as one object")
    given = parser.parse_args(arguments)
    results = [
        result
        for folder in given.folders
        for votes in given.votes
        if (result := measure(folder, votes, given.seeds)) is not None
    ]
    Console().print(_table(results))
    if given.json:
        print(json.dumps({"results": [asdict(result) for result in results]}))


def measure(folder: Path, votes: int, seeds: int) -> DistributionsResult | None:
    """Judge the estimates on one crowd.

    Args:
        folder: Holds `crowd.csv`.
        votes: Votes a task to estimate from.
        seeds: How often these are drawn.

    Returns:
        Means; None where no task has votes enough.
    """
    crowd = pd.read_csv(folder / "crowd.csv", dtype="str", keep_default_na=False)
    crowd = crowd.drop_duplicates(["task", "worker"])
    labels = sorted(crowd["label"].unique())
    enough = [own for _, own in crowd.groupby("task")["label"] if len(own) >= votes + OTHERS]
    if not enough:
        return None
    judged = [
        _judge([own.tolist() for own in enough], labels, votes, seed) for seed in range(seeds)
    ]
    log_loss, brier = (
        {name: float(np.mean([one[0][name][measured] for one in judged])) for name in judged[0][0]}
        for measured in (0, 1)
    )
    concentration = float(np.mean([one[1] for one in judged]))
    return DistributionsResult(
        folder.resolve().name, votes, len(enough), concentration, log_loss, brier
    )


def _judge(
    crowd: Sequence[Sequence[str]], labels: Sequence[str], votes: int, seed: int
) -> tuple[Mapping[str, tuple[float, float]], float]:
    """Return log loss and Brier score of each estimate for one draw, and the concentration."""
    rng = np.random.default_rng(seed)
    drawn = [[own[place] for place in rng.permutation(len(own))] for own in crowd]
    given = {task: own[:votes] for task, own in enumerate(drawn)}
    counts = np.array([[own.count(label) for label in labels] for own in given.values()])
    others = np.array([[own[votes:].count(label) for label in labels] for own in drawn])
    ours = label_distributions(given, labels)
    plain = np.maximum(counts / votes, LEAST)
    estimates = {
        "plain": plain / plain.sum(axis=1, keepdims=True),
        "add one": (counts + 1) / (votes + len(labels)),
        "ours": np.array([[*ours.shares[task].values()] for task in given]),
    }
    shares = others / others.sum(axis=1, keepdims=True)
    return {name: _losses(one, shares) for name, one in estimates.items()}, ours.concentration


def _losses(estimated: Floats, shares: Floats) -> tuple[float, float]:
    """Return the mean log loss, and the mean Brier score, of one vote more of each task."""
    log_loss = -(shares * np.log(estimated)).sum(axis=1).mean()
    brier = ((estimated**2).sum(axis=1) - 2 * (shares * estimated).sum(axis=1) + 1).mean()
    return float(log_loss), float(brier)


def _table(results: Sequence[DistributionsResult]) -> Table:
    table = Table()
    for column in ("crowd", "votes", "tasks", "concentration", "estimate", "log loss", "Brier"):
        table.add_column(column)
    for result in results:
        for name in result.log_loss:
            table.add_row(
                result.folder,
                str(result.votes),
                str(result.tasks),
                f"{result.concentration:.1f}",
                name,
                f"{result.log_loss[name]:.3f}",
                f"{result.brier[name]:.3f}",
            )
    return table


if __name__ == "__main__":
    main()
