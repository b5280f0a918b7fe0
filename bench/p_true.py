"""Whether the probability of True tells right labels from wrong ones.

    python -m bench.p_true FOLDER... [--items N] [--seeds N] [--json]

A folder is one of `tandem.replay.folder`: texts, what a crowd said of them, and gold labels. Each
seed draws three votes an item; their majority is the label that stands, and one that differs from
gold is wrong. The settings' model is asked by the service's own prompt (`POST /judge`) whether each
label is right. The figure is the AUC: the probability that a right label has a higher P(True) than
a wrong one, a half where it tells nothing; with the 95% interval of drawing the items, and the
votes, anew.
"""

import argparse
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

from backend import engines
from backend.engines import Engine
from backend.engines.model_client import ModelClient
from backend.engines.steps import run
from backend.questions.judging import LabelJudge
from bench.errors import draw
from bench.errors_data import DRAWN
from labeling.errors import SettingsError
from labeling.form.form import parse
from labeling.mathtypes import Indices
from labeling.metrics import auroc
from labeling.protocol.judge import ProposedLabel
from labeling.settings.load import load
from labeling.settings.settings import Settings
from tandem.replay.folder import RecordedWork, read_folder

BOOTSTRAPS = 200
"""Draws of the items, of each draw of votes, that the interval comes from."""


@dataclass(frozen=True, slots=True)
class PTrueResult:
    """One folder.

    Attributes:
        wrong: Mean number of wrong labels that stand.
        right_p_true: Mean P(True) of right labels.
        wrong_p_true: Mean P(True) of wrong labels.
        auc: Mean over the seeds.
        low: The lower end of its 95% interval.
        high: The upper end.
    """

    folder: str
    model: str
    labels: int
    seeds: int
    wrong: float
    right_p_true: float
    wrong_p_true: float
    auc: float
    low: float
    high: float


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the benchmark from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folders", nargs="+", type=Path, metavar="FOLDER")
    parser.add_argument("--items", type=int, default=300, help="items at most, the first ones")
    parser.add_argument("--seeds", type=int, default=10, help="draws of votes to average over")
    parser.add_argument("--json", action="store_true", help="end with the results as one object")
    given = parser.parse_args(arguments)
    settings = load()
    engine = engines.load(settings)
    results = [
        measure(read_folder(folder).first(given.items), settings, engine, given.seeds)
        for folder in given.folders
    ]
    engine.close()
    Console().print(_table(results))
    if given.json:
        print(json.dumps({"results": [asdict(result) for result in results]}))


def measure(work: RecordedWork, settings: Settings, engine: Engine, seeds: int) -> PTrueResult:
    """Hold P(True) of majority labels against the right ones.

    Args:
        work: Texts, votes and right labels; items with too few votes or no right label are left
            out.
        settings: How the model is asked.
        engine: The model.
        seeds: How often votes are drawn.

    Returns:
        Means over the draws.
    """
    voted = np.bincount(work.votes["task"], minlength=len(work.tasks))
    items = np.flatnonzero((work.gold >= 0) & (voted >= DRAWN))
    standing = np.array([majority(work, seed)[items] for seed in range(seeds)])
    pairs = [[*zip(items.tolist(), one.tolist(), strict=True)] for one in standing]
    known = p_true(work, settings, engine, {pair for one in pairs for pair in one})
    said = np.array([[known[pair] for pair in one] for one in pairs])
    is_right = standing == work.gold[items]
    rng = np.random.default_rng(0)
    again = [
        auroc(said[seed, drawn], is_right[seed, drawn])
        for seed in range(seeds)
        for drawn in rng.integers(len(items), size=(BOOTSTRAPS, len(items)))
    ]
    low, high = np.nanquantile(again, [0.025, 0.975])
    return PTrueResult(
        folder=work.name,
        model=engine.name,
        labels=len(items),
        seeds=seeds,
        wrong=float((~is_right).sum(axis=1).mean()),
        right_p_true=float(said[is_right].mean()),
        wrong_p_true=float(said[~is_right].mean()),
        auc=float(np.mean([auroc(p, right) for p, right in zip(said, is_right, strict=True)])),
        low=float(low),
        high=float(high),
    )


def majority(work: RecordedWork, seed: int) -> Indices:
    """Return the majority label of three drawn votes, ties broken at random, shape (tasks,).

    Args:
        work: Holds the votes.
        seed: Of the draw, and of the ties.
    """
    drawn = draw(work.votes.rename(columns={"task": "item"}), seed)
    counts = np.random.default_rng(seed).random((len(work.tasks), len(work.labels)))
    np.add.at(counts, (drawn["item"].to_numpy(), drawn["label"].to_numpy()), 1)
    return np.asarray(counts.argmax(axis=1), dtype=np.intp)


def p_true(
    work: RecordedWork, settings: Settings, engine: Engine, pairs: Collection[tuple[int, int]]
) -> Mapping[tuple[int, int], float]:
    """Ask the model whether labels are right, as the service asks it.

    Args:
        work: Holds texts and labels.
        settings: How the model is asked.
        engine: The model.
        pairs: Items and labels, by number.

    Returns:
        P(True) of each.

    Raises:
        SettingsError: There are no texts.
    """
    if work.texts is None:
        raise SettingsError("There are no texts to be judged", where=work.name)
    judge = LabelJudge.of(parse(work.label_config), settings.prompt, work.instruction)
    asked = sorted(pairs)
    labels = [
        ProposedLabel(text=work.texts[item], label=work.labels[label]) for item, label in asked
    ]
    model = ModelClient(lambda requests: [*engine.answer(requests)], lambda: engine.abilities)
    judged = run(judge.steps(labels, engine.abilities, with_reasons=False), model)
    return {pair: one["p_true"] for pair, one in zip(asked, judged, strict=True)}


def _table(results: Sequence[PTrueResult]) -> Table:
    table = Table("folder", "labels", "wrong", "P(True), right", "wrong", "AUC", "95%")
    for one in results:
        table.add_row(
            one.folder,
            str(one.labels),
            f"{one.wrong:.0f}",
            f"{one.right_p_true:.3f}",
            f"{one.wrong_p_true:.3f}",
            f"{one.auc:.3f}",
            f"{one.low:.3f} to {one.high:.3f}",
        )
    return table


if __name__ == "__main__":
    main()
