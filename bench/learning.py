"""How well each learner labels fresh texts after so many answers, and all of them together.

    python -m bench.learning FOLDER... [--answers N...] [--per-label N...] [--seeds N] [--json]

A folder holds `items.csv` (item_id, text and, where the set has parts, split) and `gold.csv` (task,
label). Each seed draws the answers at random: from the train part, where there is one, else from
all but the tested texts; with `--per-label` as many of each label. What is learned from them labels
texts of the test part: accuracy, log loss in nats a text, ECE, and the seconds that fitting took.
`together` is what would serve: the ensemble, weighed by answers that the learners did not see, on
the folds and within the seconds that a training has. `--model none` has the language model say
nothing, so that learners are on their own.
"""

import argparse
import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from rich.console import Console
from rich.progress import track
from rich.table import Table
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from backend import engines
from backend.calibration.calibration_pipeline import ALONE, pooled_beliefs
from backend.calibration.learned_state import LearnedState
from backend.calibration.noisy_labels import NoisyLabels
from backend.learning.fit_ensemble import choose_ensemble
from backend.learning.learners.base import Learner
from backend.learning.learners.calibration import Calibration, CalibrationWithHead
from backend.learning.learners.judging import judge
from backend.learning.learners.registry import chosen, new_learner
from backend.learning.material import Material, Texts
from backend.pipeline.model_spec import build_model_spec
from bench.classification_work import SHOWN, label_config_of
from bench.kept_beliefs import LearnerBeliefs, kept
from labeling.form.form import parse
from labeling.mathtypes import Bools, Floats, Indices
from labeling.metrics import expected_calibration_error
from labeling.settings.load import load
from labeling.settings.settings import Settings
from tandem.replay.model import builder_of, embedded, score

TOGETHER = "together"

OPEN = 2_000
"""Texts that nobody answered which learners may read, as the controller sends so many."""


@dataclass(frozen=True, slots=True)
class LearningWork:
    """Texts with their right labels, and what is known of each before anything is learned."""

    name: str
    values: tuple[str, ...]
    texts: Texts
    gold: Indices
    is_tested: Bools


@dataclass(frozen=True, slots=True)
class LearningResult:
    """One learner after so many answers: means over the seeds.

    Attributes:
        learner: Its name, or `together`.
        accuracy: On the tested texts.
        accuracy_sd: Its standard deviation over the seeds.
        log_loss: Nats a tested text.
        ece: Expected calibration error.
        seconds: What one fit took; of `together`, all fits and all judging.
        weight: How much it counts in the ensemble.
    """

    folder: str
    answers: int
    learner: str
    accuracy: float
    accuracy_sd: float
    log_loss: float
    ece: float
    seconds: float
    weight: float


@dataclass(frozen=True, slots=True)
class _Figures:
    accuracy: float
    log_loss: float
    ece: float
    seconds: float
    weight: float = 0.0


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the benchmark from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folders", nargs="+", type=Path, metavar="FOLDER")
    parser.add_argument("--answers", nargs="*", type=int, default=[], metavar="N")
    parser.add_argument("--per-label", nargs="*", type=int, default=[], metavar="N")
    parser.add_argument("--learners", nargs="*", default=["auto"])
    parser.add_argument("--budget", type=float, default=np.inf, help="seconds to judge a learner")
    parser.add_argument("--seeds", type=int, default=5, help="draws to average over")
    parser.add_argument("--tested", type=int, default=2_000, help="texts that are labelled")
    parser.add_argument("--pool", type=int, default=4_000, help="texts that answers are drawn from")
    parser.add_argument("--model", choices=["settings", "none"], default="settings")
    parser.add_argument("--cache", type=Path, default=Path(".tandem/bench"), metavar="FOLDER")
    parser.add_argument(
        "--keep", type=Path, metavar="FOLDER", help="of what learners said, to go on"
    )
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--json", action="store_true", help="end with the results as one object")
    given = parser.parse_args(arguments)
    settings = load()
    learners = [
        Calibration(),
        CalibrationWithHead(),
        *(new_learner(where, settings) for where in chosen(given.learners).values()),
    ]
    results = []
    with threadpool_limits(given.threads):
        for folder in given.folders:
            work = read_work(folder, settings, given)
            sizes = [*given.answers, *(per * len(work.values) for per in given.per_label)]
            for size in sizes:
                is_balanced = size not in given.answers
                results += measure(work, learners, size, given, is_balanced=is_balanced)
    Console().print(_table(results))
    if given.json:
        print(json.dumps({"results": [asdict(result) for result in results]}))


def read_work(folder: Path, settings: Settings, given: argparse.Namespace) -> LearningWork:
    """Read a folder; the settings' models read its texts.

    Args:
        folder: The folder.
        settings: Name language model and embedding model.
        given: How many texts, what is asked, and where scores are kept.

    Returns:
        Its texts: those that are tested, and those that answers are drawn from.
    """
    table = pd.read_csv(folder / "items.csv", dtype="str", keep_default_na=False)
    gold = pd.read_csv(folder / "gold.csv", dtype="str").set_index("task")["label"]
    table = table.assign(gold=table["item_id"].map(gold)).dropna(subset=["gold"])
    table = table.sample(frac=1, random_state=0)
    is_test = table["split"] == "test" if "split" in table else np.arange(len(table)) < given.tested
    tested, pool = table[is_test][: given.tested], table[~is_test][: given.pool]
    table = pd.concat([tested, pool])
    labels = sorted(table["gold"].unique())
    form = parse(label_config_of(labels, SHOWN.get(folder.resolve().name, {})))
    texts, values = table["text"].tolist(), [one.value for one in form.controls[0].candidates]
    log_probabilities: Floats
    if given.model == "none":
        log_probabilities = np.full((len(texts), len(values)), -np.log(len(values)))
    else:
        log_probabilities = score(texts, form, "", settings, given.cache).log_probabilities
    spec = build_model_spec(settings, engines.identify(settings), form, LearnedState(""))
    builder = builder_of(spec)
    known = Texts(
        tuple(texts),
        log_probabilities,
        embedded(texts, settings, given.cache),
        tuple(builder.request(text) for text in texts),
        tuple(texts),
    )
    right = np.array([values.index(one) for one in table["gold"]], dtype=np.intp)
    is_tested = np.arange(len(table)) < len(tested)
    return LearningWork(folder.resolve().name, tuple(values), known, right, is_tested)


def measure(
    work: LearningWork,
    learners: Sequence[Learner],
    size: int,
    given: argparse.Namespace,
    *,
    is_balanced: bool,
) -> list[LearningResult]:
    """Measure every learner, and all together, after so many answers.

    Args:
        work: The texts.
        learners: The learners.
        size: How many answers.
        given: Seeds and budget.
        is_balanced: Whether as many are drawn of each label.

    Returns:
        One result a learner, the ensemble's last.
    """
    found: dict[str, list[_Figures]] = {}
    for seed in track(range(given.seeds), f"{work.name}, {size} answers"):
        for name, figures in _once(work, learners, size, seed, given, is_balanced).items():
            found.setdefault(name, []).append(figures)
    return [_mean(work.name, size, name, figures) for name, figures in found.items()]


def _once(
    work: LearningWork,
    learners: Sequence[Learner],
    size: int,
    seed: int,
    given: argparse.Namespace,
    is_balanced: bool,
) -> Mapping[str, _Figures]:
    material, tested, gold = _drawn(work, size, seed, is_balanced)
    draw = {"set": work.name, "answers": size, "is_balanced": is_balanced, "seed": seed}
    limits = {"tested": given.tested, "pool": given.pool, "budget": given.budget}
    found = {
        learner.name: kept(
            given.keep,
            {**draw, **limits, "model": given.model, "learner": learner.name},
            partial(_beliefs, learner, material, tested, given.budget),
        )
        for learner in learners
        if len(material) >= learner.fewest_answers
    }
    said = {name: one.said for name, one in found.items()}
    held_out = {name: one.held_out for name, one in found.items()}
    seconds = {name: one.seconds for name, one in found.items()}
    seconds[TOGETHER] = sum(one.seconds + one.judging_seconds for one in found.values())
    alone = CalibrationWithHead.name
    others = {name: one for name, one in held_out.items() if name not in (Calibration.name, alone)}
    choice = choose_ensemble(material.answers, held_out[alone], others)
    weights = dict(choice.ensemble.weights) if choice.ensemble else {ALONE: 1.0}
    known = {ALONE: said[alone], **said}
    together = pooled_beliefs(choice.ensemble, known) if choice.ensemble else said[alone]
    named = {alone if name == ALONE else name: weight for name, weight in weights.items()}
    return {
        name: replace(_figures(one, gold, seconds[name]), weight=named.get(name, 0.0))
        for name, one in {**said, TOGETHER: together}.items()
    }


def _beliefs(learner: Learner, material: Material, tested: Texts, budget: float) -> LearnerBeliefs:
    began = time.monotonic()
    said = learner.fit(material)(tested)
    seconds = time.monotonic() - began
    judged = judge(learner, material, time.monotonic, budget)
    return LearnerBeliefs(said, judged.probabilities, seconds, judged.seconds)


def _drawn(
    work: LearningWork, size: int, seed: int, is_balanced: bool
) -> tuple[Material, Texts, Indices]:
    """Draw answers; return what is learned from, and what is tested with its right labels."""
    rng = np.random.default_rng(seed)
    pool = rng.permutation(np.flatnonzero(~work.is_tested))
    if is_balanced:
        per = size // len(work.values)
        by_label = [pool[work.gold[pool] == label] for label in range(len(work.values))]
        drawn = np.concatenate([some[:per] for some in by_label])
    else:
        drawn = pool[:size]
    is_known = np.zeros(len(work.texts), dtype=np.bool_)
    is_known[drawn] = True
    is_open = ~is_known & ~work.is_tested
    is_open[np.flatnonzero(is_open)[OPEN:]] = False
    known = work.texts.part(is_known)
    answers = NoisyLabels(known.log_probabilities, work.gold[is_known], np.ones(len(known)))
    material = Material(work.values, known, answers, work.texts.part(is_open))
    return material, work.texts.part(work.is_tested), work.gold[work.is_tested]


def _figures(said: Floats, gold: Indices, seconds: float) -> _Figures:
    is_right = said.argmax(axis=1) == gold
    chosen = np.maximum(said[np.arange(len(gold)), gold], 1e-300)
    ece = expected_calibration_error(np.minimum(said.max(axis=1), 1.0), is_right.astype(np.float64))
    return _Figures(float(is_right.mean()), float(-np.log(chosen).mean()), ece, seconds)


def _mean(folder: str, size: int, name: str, figures: Sequence[_Figures]) -> LearningResult:
    values: dict[str, Any] = {
        key: float(np.mean([getattr(one, key) for one in figures])) for key in _Figures.__slots__
    }
    sd = float(np.std([one.accuracy for one in figures], ddof=1)) if len(figures) > 1 else 0.0
    return LearningResult(folder, size, name, accuracy_sd=sd, **values)


def _table(results: Sequence[LearningResult]) -> Table:
    table = Table(
        "folder", "answers", "learner", "accuracy", "sd", "log loss", "ECE", "s", "weight"
    )
    for one in results:
        table.add_row(
            one.folder,
            f"{one.answers:,}",
            one.learner,
            f"{one.accuracy:.3f}",
            f"{one.accuracy_sd:.3f}",
            f"{one.log_loss:.3f}",
            f"{one.ece:.3f}",
            f"{one.seconds:.1f}",
            f"{one.weight:.2f}" if one.learner != TOGETHER else "",
        )
    return table


if __name__ == "__main__":
    main()
