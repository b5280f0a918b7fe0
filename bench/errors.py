"""How well wrong labels are found among those that stand: ours, CROWDLAB, and vote entropy.

    python -m bench.errors FOLDER... [--seeds N] [--json]

A folder holds `items.csv`, `crowd.csv` (task, worker, label) and `gold.csv` (task, label), or
`labels.csv` (task, label, annotators, is_error), labels that were judged. Of a crowd, each seed
draws three votes an item; their majority is the label that stands, and what differs from gold is
the error to be found. The settings' model and its embedding learn from the majority labels, each
item's belief from those of others; ours and CROWDLAB are given the same beliefs and votes. Of
judged labels, all are suspected by the votes that they have and by the belief. Figures are average
precision, and precision among the first 100.
"""

import argparse
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from rich.console import Console
from rich.progress import track
from rich.table import Table
from sklearn.metrics import average_precision_score  # type: ignore[import-untyped]
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from aggregation.consensus import ProjectConsensus
from aggregation.votes import Answer
from bench.errors_data import DRAWN, CrowdWithGold, JudgedLabels, read_crowd, read_judged
from bench.errors_methods import NOON, by_crowdlab, by_tandem, by_vote_entropy, counts_of
from bench.held_out import held_out
from labeling.mathtypes import Bools, Floats
from labeling.settings.load import load

FIRST = 100
"""The most suspect labels of which the precision is told."""

PUBLISHED = {
    "random": (0.147, 0.147),
    "Datamaps": (0.228, 0.237),
    "GPT-4": (0.318, 0.460),
    "best": (0.504, 0.487),
}
"""Average precision and precision at 100 on `varierr_nli` (Weber-Genzel et al., ACL 2024)."""


@dataclass(frozen=True, slots=True)
class Precision:
    """How well errors are found: means over the seeds."""

    average_precision: float
    at_100: float


@dataclass(frozen=True, slots=True)
class ErrorsResult:
    """One folder.

    Attributes:
        errors: Mean number of wrong labels that stand.
        methods: By the method's name.
        ahead: Our average precision less the better of CROWDLAB's and vote entropy's.
        ahead_low: The lower end of the 95% interval of its mean over the seeds.
        ahead_high: The upper end.
        published: Others' figures on the same labels.
    """

    folder: str
    labels: int
    seeds: int
    errors: float
    methods: Mapping[str, Precision]
    ahead: float | None = None
    ahead_low: float | None = None
    ahead_high: float | None = None
    published: Mapping[str, Precision] | None = None


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the benchmark from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folders", nargs="+", type=Path, metavar="FOLDER")
    parser.add_argument("--seeds", type=int, default=10, help="draws of votes to average over")
    parser.add_argument("--cache", type=Path, default=Path(".tandem/bench"), metavar="FOLDER")
    parser.add_argument("--json", action="store_true", help="end with the results as one object")
    given = parser.parse_args(arguments)
    settings, results = load(), []
    for folder in given.folders:
        with threadpool_limits(1):
            if (folder / "labels.csv").exists():
                results.append(judge(read_judged(folder, settings, given.cache)))
            else:
                results.append(measure(read_crowd(folder, settings, given.cache), given.seeds))
    Console().print(_table(results))
    if given.json:
        print(json.dumps({"results": [asdict(result) for result in results]}))


def measure(crowd: CrowdWithGold, seeds: int) -> ErrorsResult:
    """Find the wrong majority labels of drawn votes.

    Args:
        crowd: The crowd.
        seeds: How often votes are drawn.

    Returns:
        Means over the draws.
    """
    found: list[dict[str, Precision]] = []
    errors = []
    for seed in track(range(seeds), crowd.beliefs.name):
        votes = draw(crowd.votes, seed)
        believed = learn(crowd, votes, seed)
        standing, crowdlab = by_crowdlab(votes, believed)
        is_wrong = standing != crowd.beliefs.gold
        scores = {
            "tandem": by_tandem(votes, believed, crowd.labels, standing),
            "crowdlab": crowdlab,
            "vote entropy": by_vote_entropy(votes, len(crowd.labels)),
            "belief alone": 1 - believed[np.arange(len(standing)), standing],
        }
        errors.append(int(is_wrong.sum()))
        found.append({name: precision(is_wrong, one) for name, one in scores.items()})
        found[-1]["random"] = Precision(float(is_wrong.mean()), float(is_wrong.mean()))
    means = {name: _mean([one[name] for one in found]) for name in found[0]}
    better = max(("crowdlab", "vote entropy"), key=lambda name: means[name].average_precision)
    each = np.array(
        [one["tandem"].average_precision - one[better].average_precision for one in found]
    )
    half = 1.96 * each.std(ddof=1) / np.sqrt(seeds) if seeds > 1 else float("nan")
    return ErrorsResult(
        crowd.beliefs.name,
        len(crowd.beliefs.gold),
        seeds,
        float(np.mean(errors)),
        means,
        float(each.mean()),
        float(each.mean() - half),
        float(each.mean() + half),
    )


def judge(judged: JudgedLabels) -> ErrorsResult:
    """Find the errors among judged labels.

    Args:
        judged: The labels.

    Returns:
        The one measurement, beside published ones.
    """
    votes = _votes_behind(judged)
    counts = counts_of(votes, len(judged.names))
    share = judged.voters / counts.sum(axis=1)[judged.items]
    believed = held_out(judged.beliefs, judged.items, judged.labels, share, seed=0)
    scores = np.empty(len(judged.labels))
    for label in range(len(judged.names)):
        own = judged.labels == label
        standing = np.full(len(counts), label, dtype=np.intp)
        scores[own] = by_tandem(votes, believed, judged.names, standing)[judged.items[own]]
    base = float(judged.is_error.mean())
    return ErrorsResult(
        judged.beliefs.name,
        len(judged.labels),
        1,
        float(judged.is_error.sum()),
        {
            "tandem": precision(judged.is_error, scores),
            "votes against": precision(judged.is_error, 1 - share),
            "belief alone": precision(judged.is_error, 1 - believed[judged.items, judged.labels]),
            "random": Precision(base, base),
        },
        published={name: Precision(*both) for name, both in PUBLISHED.items()},
    )


def draw(votes: pd.DataFrame, seed: int) -> pd.DataFrame:
    """Draw `DRAWN` votes an item.

    Args:
        votes: Rows `item, worker, label`.
        seed: Of the draw.

    Returns:
        The drawn rows, by item and worker.
    """
    drawn = votes.sample(frac=1.0, random_state=seed).groupby("item").head(DRAWN)
    return drawn.sort_values(["item", "worker"], ignore_index=True)


def learn(crowd: CrowdWithGold, votes: pd.DataFrame, seed: int) -> Floats:
    """Return what the model believes of each item once it learned from the others' labels.

    Args:
        crowd: The crowd.
        votes: The votes that were drawn.
        seed: Of the folds.

    Returns:
        Probabilities, shape (items, labels).
    """
    answers = [
        Answer(item, worker, crowd.labels[label], "person", NOON)
        for item, worker, label in votes.itertuples(index=False)
    ]
    people = ProjectConsensus(answers, {}, crowd.labels)
    items = range(len(crowd.beliefs.gold))
    labels = np.array([crowd.labels.index(people.labels[item]) for item in items], dtype=np.intp)
    reliability = np.array([people.probabilities[item] for item in items])
    return held_out(
        crowd.beliefs, np.arange(len(labels), dtype=np.intp), labels, reliability, seed=seed
    )


def precision(is_wrong: Bools, scores: Floats) -> Precision:
    """Judge scores by the errors that they rank.

    Args:
        is_wrong: Whether each label is an error.
        scores: How suspect each is.

    Returns:
        Average precision, and precision among the first 100, ties counting as they come on average.
    """
    cut = min(FIRST, len(scores))
    ranked = np.sort(scores)[::-1]
    above, at = scores > ranked[cut - 1], scores == ranked[cut - 1]
    found = is_wrong[above].sum() + (cut - above.sum()) * is_wrong[at].mean()
    return Precision(float(average_precision_score(is_wrong, scores)), float(found / cut))


def _votes_behind(judged: JudgedLabels) -> pd.DataFrame:
    """Write how many gave a label as votes of people who are told apart by a number alone."""
    rows, given = [], np.zeros(judged.items.max() + 1, dtype=np.intp)
    for item, label, voters in zip(judged.items, judged.labels, judged.voters, strict=True):
        for _ in range(voters):
            rows.append((int(item), f"annotator {given[item]}", int(label)))
            given[item] += 1
    return pd.DataFrame(rows, columns=["item", "worker", "label"])


def _mean(each: Sequence[Precision]) -> Precision:
    return Precision(
        float(np.mean([one.average_precision for one in each])),
        float(np.mean([one.at_100 for one in each])),
    )


def _table(results: Sequence[ErrorsResult]) -> Table:
    table = Table("folder", "labels", "errors", "method", "average precision", "precision at 100")
    for result in results:
        named = {**result.methods}
        named |= {f"{name} (published)": one for name, one in (result.published or {}).items()}
        for row, (name, one) in enumerate(named.items()):
            head = (
                (result.folder, str(result.labels), f"{result.errors:.0f}") if not row else [""] * 3
            )
            table.add_row(*head, name, f"{one.average_precision:.3f}", f"{one.at_100:.3f}")
        if result.ahead is not None:
            span = f"{result.ahead:+.3f} ({result.ahead_low:+.3f} to {result.ahead_high:+.3f})"
            table.add_row("", "", "", "ahead of the better", span, "")
    return table


if __name__ == "__main__":
    main()
