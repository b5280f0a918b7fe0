"""What a priced annotator saves: whole campaigns with and without it, every human label paid for.

    python -m bench.annotator FOLDER... [--annotator NAME] [--accuracy A] [--price P] [--budget B]
                              [--epsilon E] [--delta D] [--seeds N] [--first N] [--json]

A folder holds `items.csv` (item_id, text) and `gold.csv` (task, label). The settings' model labels
the texts and learns; people's answers are the gold labels. The annotator's labels are those of
`llm.csv` (task, model, label), by the model that is named; items without one are left out. With
`--accuracy` it is *simulated*: right so often, else any other label. Prices are in human labels.
Each seed is a campaign from the pilot to the certificate (`bench.campaign`), played twice.
"""

import argparse
import json
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

import numpy as np
import pandas as pd
from rich.console import Console
from rich.table import Table
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from aggregation.annotator.fusion import fused
from aggregation.annotator.skill import AnnotatorSkill, fit_skill
from backend.calibration.noisy_labels import NoisyLabels
from backend.learning.fit_calibration import fit_all
from backend.learning.material import Texts as KnownTexts
from bench.beliefs import of_model
from bench.campaign import run
from labeling.mathtypes import Floats, Indices
from labeling.settings.load import load
from routing.annotator.choose import NextAsks, Texts, next_asks
from routing.annotator.worth import threshold
from routing.guarantee.audit_test import Promise
from routing.guarantee.hash_random import hash_uniform
from tandem.replay.beliefs import Beliefs

FOLDS = 3
"""Parts of the known items, each of which is predicted by what the others teach."""


@dataclass
class CampaignAnnotator:
    """An annotator whose labels are known, asked in a campaign as the controller asks it.

    Attributes:
        beliefs: What the model believes of the items before it learns.
        labels: What the annotator says of each, as a place, shape (items,).
        promise: What is promised.
        price: Of one of its labels, in human labels.
        budget: What they may cost in all.
        seed: Of which answered items it is asked about.
        drawn: Answered items that it was asked about.
        asked: Open items that it was asked about.
        predicted: Errors that were last predicted among open items that it labelled.
        wrong: Errors that there were.
        skill: What is known of it.
    """

    beliefs: Beliefs
    labels: Indices
    promise: Promise
    price: float
    budget: float
    seed: int
    drawn: list[int] = field(default_factory=list)
    asked: list[int] = field(default_factory=list)
    predicted: float = 0.0
    wrong: int = 0
    skill: AnnotatorSkill | None = None

    def __call__(self, believed: Floats, open_: Indices, known: Indices) -> Floats:
        """Ask what pays, and return what is believed of the open items then."""
        held_out = dict(zip(known.tolist(), self._held_out(known, open_), strict=True))
        while True:
            now = self._moved(believed, open_, held_out)
            chosen, fresh, answered = self._next(now, open_, known, held_out)
            if not len(chosen.drawn) and not len(chosen.open_):
                return now
            self.drawn += answered[chosen.drawn].tolist()
            self.asked += fresh[chosen.open_].tolist()

    def _moved(self, believed: Floats, open_: Indices, held_out: dict[int, Floats]) -> Floats:
        """Return beliefs as the annotator's labels move them, and note how right they are."""
        known = [held_out[item] for item in self.drawn]
        self.skill = fit_skill(
            self.beliefs.gold[self.drawn],
            self.labels[self.drawn],
            np.array(known).reshape(-1, believed.shape[1]),
        )
        where = np.isin(open_, self.asked)
        moved = believed.copy()
        moved[where] = fused(believed[where], self.labels[open_[where]], self.skill)
        self.predicted = float((1 - moved[where].max(axis=1)).sum())
        self.wrong = int((moved[where].argmax(axis=1) != self.beliefs.gold[open_[where]]).sum())
        return moved

    def _next(
        self, now: Floats, open_: Indices, known: Indices, held_out: dict[int, Floats]
    ) -> tuple[NextAsks, Indices, Indices]:
        """Choose what is asked next; beside it, the items that its places are of."""
        limit = threshold(1 - now.max(axis=1), self.promise.allowed)
        is_fresh = ~np.isin(open_, self.asked)
        left = known[~np.isin(known, [*self.asked, *self.drawn])]
        chance = [hash_uniform(self.seed, "annotator", item) for item in left.tolist()]
        answered = left[np.argsort(chance)]
        believed = np.array([held_out[item] for item in answered.tolist()])
        spent = self.price * (len(self.asked) + len(self.drawn))
        chosen = next_asks(
            Texts(now[is_fresh], np.full(int(is_fresh.sum()), limit)),
            Texts(believed.reshape(-1, now.shape[1]), np.full(len(answered), limit)),
            self.skill or fit_skill(np.zeros(0, int), np.zeros(0, int), now[:0]),
            price=self.price,
            room=int((self.budget - spent) / self.price + 1e-6),
            asked_drawn=len(self.drawn),
            asked_open=len(self.asked),
        )
        return chosen, open_[is_fresh], answered

    def _held_out(self, known: Indices, open_: Indices) -> Floats:
        """Return what the model believes of known items by what the others teach."""
        vectors, logs = self.beliefs.embeddings, self.beliefs.log_probabilities
        part = np.array([int(FOLDS * hash_uniform(0, "fold", item)) for item in known.tolist()])
        believed = np.exp(logs[known])
        for number in range(FOLDS):
            taught, others = known[part != number], known[part == number]
            answers = NoisyLabels(logs[taught], self.beliefs.gold[taught], np.ones(len(taught)))
            rest = KnownTexts((), logs[open_], None if vectors is None else vectors[open_])
            fit = fit_all(answers, None if vectors is None else vectors[taught], rest)
            believed[part == number] = fit.calibration(
                logs[others], None if vectors is None else vectors[others]
            )
        return believed


@dataclass(frozen=True, slots=True)
class AnnotatorResult:
    """One folder; means over the seeds.

    Attributes:
        accuracy: How often the annotator says the gold label.
        share: Share of the items that the model keeps, with it.
        share_alone: The same without it.
        share_error: Standard error of the difference, paired over the seeds.
        asked: Labels of the annotator, those of drawn items among them.
        cost: What these cost, in human labels.
        saved: Human labels fewer than without it, its cost taken off.
        predicted: Errors that were predicted among the open items that it labelled.
        wrong: Errors that there were.
        violations: Campaigns with it that broke the promise.
    """

    folder: str
    items: int
    annotator: str
    accuracy: float
    price: float
    seeds: int
    share: float
    share_alone: float
    share_error: float
    asked: float
    cost: float
    saved: float
    predicted: float
    wrong: float
    violations: int


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the benchmark from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folders", nargs="+", type=Path, metavar="FOLDER")
    parser.add_argument("--annotator", help="a model of llm.csv; the first, where none is named")
    parser.add_argument("--accuracy", type=float, help="of a simulated annotator")
    parser.add_argument("--price", type=float, default=0.1, help="of one of its labels")
    parser.add_argument("--budget", type=float, default=1e6, help="for all of them")
    parser.add_argument("--epsilon", type=float, default=0.1, help="share that may be wrong")
    parser.add_argument("--delta", type=float, default=0.05, help="risk of breaking the promise")
    parser.add_argument("--seeds", type=int, default=20, help="campaigns to average over")
    parser.add_argument("--first", type=int, default=2000, help="items of a folder at most")
    parser.add_argument("--cache", type=Path, default=Path(".tandem/bench"), metavar="FOLDER")
    parser.add_argument("--json", action="store_true", help="end with the results as one object")
    given = parser.parse_args(arguments)
    results = []
    for folder in given.folders:
        beliefs = of_model(folder, load(), given.cache, given.first)
        name, labels = f"simulated, {given.accuracy}", None
        if given.accuracy is None:
            name, beliefs, labels = recorded(folder, beliefs, given.annotator, given.first)
        results.append(
            measure(
                beliefs,
                name,
                labels,
                accuracy=given.accuracy or 0.0,
                price=given.price,
                budget=given.budget,
                promise=Promise(len(beliefs.gold), given.epsilon, given.delta),
                seeds=given.seeds,
            )
        )
    Console(width=int(os.environ.get("COLUMNS", "160"))).print(_table(results))
    if given.json:
        told = [asdict(one) for one in results]
        print(json.dumps({**told[0], "results": told}))


def recorded(
    folder: Path, beliefs: Beliefs, model: str | None, first: int
) -> tuple[str, Beliefs, Indices]:
    """Return the name and the labels of a folder's annotator, and the items that it labelled.

    Args:
        folder: Holds `llm.csv`.
        beliefs: What the settings' model believes of the folder's items.
        model: The annotator; None: the first model of the file.
        first: Items that were read at most.
    """
    gold = pd.read_csv(folder / "gold.csv", dtype="str").set_index("task")["label"]
    items = pd.read_csv(folder / "items.csv", dtype="str", keep_default_na=False)["item_id"]
    tasks = [item for item in items if pd.notna(gold.get(item))][:first]
    names = sorted(gold.dropna().unique())
    table = pd.read_csv(folder / "llm.csv", dtype="str")
    name = model or str(table["model"].iloc[0])
    said = table[table["model"] == name].drop_duplicates("task").set_index("task")["label"]
    labels = pd.Index(names).get_indexer(pd.Index([said.get(task, "") for task in tasks]))
    has = np.flatnonzero(labels >= 0)
    part = replace(
        beliefs,
        log_probabilities=beliefs.log_probabilities[has],
        gold=beliefs.gold[has],
        embeddings=None if beliefs.embeddings is None else beliefs.embeddings[has],
    )
    return name, part, labels[has].astype(np.intp)


def simulated(gold: Indices, labels: int, accuracy: float, seed: int) -> Indices:
    """Return the labels of an annotator that is right so often, else says any other."""
    rng = np.random.default_rng(seed)
    other = (gold + rng.integers(1, labels, len(gold))) % labels
    return np.where(rng.random(len(gold)) < accuracy, gold, other).astype(np.intp)


def measure(
    beliefs: Beliefs,
    name: str,
    labels: Indices | None,
    *,
    accuracy: float,
    price: float,
    budget: float,
    promise: Promise,
    seeds: int,
) -> AnnotatorResult:
    """Play campaigns with and without an annotator.

    Args:
        beliefs: What a model believes of the items of a folder.
        name: What the annotator is called.
        labels: What it says of each; None: it is simulated.
        accuracy: How often a simulated one is right.
        price: Of one of its labels, in human labels.
        budget: What they may cost in all.
        promise: What is promised.
        seeds: How many times, each with a seed of its own.

    Returns:
        Means over the campaigns.
    """
    count, rows, right = beliefs.log_probabilities.shape[1], [], []
    for seed in range(seeds):
        said = simulated(beliefs.gold, count, accuracy, seed) if labels is None else labels
        annotator = CampaignAnnotator(beliefs, said, promise, price, budget, seed)
        with threadpool_limits(1):
            alone = run(beliefs, promise, seed)
            together = run(beliefs, promise, seed, annotate=annotator)
        asked = len(annotator.asked) + len(annotator.drawn)
        errors = annotator.predicted, annotator.wrong
        rows.append((together.share, alone.share, asked, *errors, together.is_broken))
        right.append(float((said == beliefs.gold).mean()))
    table = np.array(rows, dtype=np.float64)
    share, share_alone, asked, predicted, wrong, _ = table.mean(axis=0)
    gains = table[:, 0] - table[:, 1]
    return AnnotatorResult(
        folder=beliefs.name,
        items=len(beliefs.gold),
        annotator=name,
        accuracy=float(np.mean(right)),
        price=price,
        seeds=seeds,
        share=float(share),
        share_alone=float(share_alone),
        share_error=float(gains.std(ddof=1) / np.sqrt(seeds)) if seeds > 1 else 0.0,
        asked=float(asked),
        cost=float(asked * price),
        saved=float(gains.mean() * len(beliefs.gold) - asked * price),
        predicted=float(predicted),
        wrong=float(wrong),
        violations=int(table[:, 5].sum()),
    )


def _table(results: Sequence[AnnotatorResult]) -> Table:
    table = Table(
        *("folder", "items", "annotator", "right", "price", "share with", "without", "gain"),
        *("asked", "saved, net", "errors predicted / true", "violations"),
    )
    for one in results:
        table.add_row(
            *(one.folder, f"{one.items:,}", one.annotator, f"{one.accuracy:.3f}", f"{one.price:g}"),
            *(f"{one.share:.3f}", f"{one.share_alone:.3f}"),
            f"{one.share - one.share_alone:+.3f} ± {one.share_error:.3f}",
            *(f"{one.asked:.0f}", f"{one.saved:.0f}", f"{one.predicted:.0f} / {one.wrong:.0f}"),
            f"{one.violations} of {one.seeds}",
        )
    return table


if __name__ == "__main__":
    main()
