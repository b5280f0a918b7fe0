"""How much of a real set the model may keep under a promise, with every human label paid for.

    python -m bench.certificate FOLDER... [--epsilon E] [--delta D] [--selection NAME]
                                [--learners NAME...] [--seeds N] [--seeds-from SEED] [--json]
    python -m bench.certificate --classifier flat [--labels K] [--items N] [--ease NATS] ...

A folder holds `gold.csv` (task, label), `llm.csv` (task, model, label and, where the model stated
one, confidence) and, where there are texts, `items.csv` (item_id, text); without `llm.csv`, the
settings' model labels the texts. `--classifier` makes the items and a classifier of many labels
(`bench.synthetic_classifier`). People's answers are the gold labels. Each seed is a campaign from
the pilot to the certificate (`bench.campaign`); a violation is one that ends with more wrong labels
than were promised. Beside it, on the same answers: PAC labels and a fixed sequence of
hypergeometric tests, each at its best number of audits, and the threshold that only somebody who
knows all errors could set. The difference to the fixed sequence is paired over the seeds.
"""

import argparse
import json
import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any, get_args

import numpy as np
import torch
from rich.console import Console
from rich.progress import track
from rich.table import Table
from scipy.stats import binomtest
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from backend.learning.learners.registry import chosen, new_learner
from bench import baselines
from bench.beliefs import read_beliefs
from bench.campaign import CampaignOutcome, run
from bench.synthetic_classifier import TEMPERATURES, SyntheticClassifier
from labeling.settings.load import load
from labeling.settings.model_sections import LearnerName
from routing.guarantee.audit_test import Promise
from routing.selection.predicted_error import PredictedError
from routing.selection.registry import STRATEGIES
from tandem.replay.beliefs import Beliefs


@dataclass(frozen=True, slots=True)
class CertificateResult:
    """One folder.

    Attributes:
        share_mean: Mean share of the items that the model keeps.
        share_sd: Its standard deviation over the seeds; None where there is one.
        violations: Share of the seeds that broke the promise.
        violations_low: Lower end of its exact 95% interval (Clopper and Pearson).
        violations_high: The upper end.
        gain: Mean share beyond the fixed sequence's, paired over the seeds.
        gain_error: Its standard error; None where there is one seed.
        audits_mean: Mean audits.
        batches_mean: How often audits are asked for, on average: the rounds that people wait for.
        baselines: By name, the mean share and what it was reached with.
    """

    folder: str
    items: int
    labels: int
    epsilon: float
    delta: float
    seeds: int
    share_mean: float
    share_sd: float | None
    violations: float
    violations_low: float
    violations_high: float
    gain: float
    gain_error: float | None
    audits_mean: float
    batches_mean: float
    model_accuracy: float
    baselines: Mapping[str, Mapping[str, float]]


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the benchmark from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folders", nargs="*", type=Path, metavar="FOLDER")
    parser.add_argument("--classifier", action="append", default=[], choices=[*TEMPERATURES])
    parser.add_argument("--labels", type=int, default=1000, help="of the classifier")
    parser.add_argument("--items", type=int, default=10_000, help="of the classifier")
    parser.add_argument("--ease", type=float, default=5.0, help="of the items, in nats")
    parser.add_argument("--epsilon", type=float, default=0.05, help="share that may be wrong")
    parser.add_argument("--delta", type=float, default=0.05, help="risk of breaking the promise")
    parser.add_argument("--seeds", type=int, default=200, help="campaigns to average over")
    parser.add_argument("--seeds-from", type=int, default=0, metavar="SEED", help="the first seed")
    parser.add_argument("--selection", choices=[*STRATEGIES], default=PredictedError.name)
    parser.add_argument(
        "--learners",
        nargs="*",
        choices=get_args(LearnerName),
        default=[],
        help="beside the head; see learning.md",
    )
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="processes")
    parser.add_argument("--first", type=int, default=2000, help="items that the model labels")
    parser.add_argument("--cache", type=Path, default=Path(".tandem/bench"), metavar="FOLDER")
    parser.add_argument("--json", action="store_true", help="end with the results as one object")
    given = parser.parse_args(arguments)
    if not given.folders and not given.classifier:
        parser.error("name a folder, or a --classifier")
    sets = [
        *(read_beliefs(folder, load(), given.cache, given.first) for folder in given.folders),
        *(
            SyntheticClassifier(manner, given.items, given.labels, given.ease).beliefs()
            for manner in given.classifier
        ),
    ]
    results = [
        measure(
            beliefs,
            given.epsilon,
            given.delta,
            seeds=range(given.seeds_from, given.seeds_from + given.seeds),
            jobs=given.jobs,
            selection=given.selection,
            learners=given.learners,
        )
        for beliefs in sets
    ]
    Console().print(_table(results))
    if given.json:
        told: list[dict[str, Any]] = [asdict(result) for result in results]
        print(json.dumps({**told[0], "results": told}))


def measure(
    beliefs: Beliefs,
    error: float,
    risk: float,
    *,
    seeds: Sequence[int],
    jobs: int,
    selection: str = PredictedError.name,
    learners: Sequence[LearnerName] = (),
) -> CertificateResult:
    """Measure one folder.

    Args:
        beliefs: What a model believes of the items of a folder.
        error: The share of the items that may be wrong.
        risk: The probability with which the promise may be broken.
        seeds: The seed of each campaign.
        jobs: Campaigns at a time.
        selection: The strategy that says which of the planned reviews come first.
        learners: Names of learners beside calibration and head.

    Returns:
        Means over the campaigns, and the baselines beside them.
    """
    promise = Promise(len(beliefs.gold), error, risk)
    campaign = partial(_campaign, beliefs, promise, selection, learners)
    outcomes = _outcomes(campaign, seeds, jobs, beliefs.name)
    shares = np.array([one.share for one in outcomes])
    confidence = beliefs.log_probabilities.max(axis=1)
    wrong = beliefs.log_probabilities.argmax(axis=1) != beliefs.gold
    known = (confidence, wrong, promise, seeds)
    broken = sum(one.is_broken for one in outcomes)
    interval = binomtest(broken, len(seeds)).proportion_ci()
    sequence = baselines.best_of(baselines.fixed_sequence, *known)
    gains = shares - baselines.shares(baselines.fixed_sequence(int(sequence["audits"])), *known)
    return CertificateResult(
        folder=beliefs.name,
        items=len(beliefs.gold),
        labels=beliefs.log_probabilities.shape[1],
        epsilon=error,
        delta=risk,
        seeds=len(seeds),
        share_mean=float(shares.mean()),
        share_sd=float(shares.std(ddof=1)) if len(seeds) > 1 else None,
        violations=broken / len(seeds),
        violations_low=float(interval.low),
        violations_high=float(interval.high),
        gain=float(gains.mean()),
        gain_error=float(gains.std(ddof=1) / np.sqrt(len(seeds))) if len(seeds) > 1 else None,
        audits_mean=float(np.mean([one.audits for one in outcomes])),
        batches_mean=float(np.mean([one.batches for one in outcomes])),
        model_accuracy=float(1 - wrong.mean()),
        baselines={
            "PAC labels": baselines.best_of(baselines.pac_labels, *known),
            "fixed sequence": sequence,
            "perfect threshold": {
                "share_mean": float(baselines.shares(baselines.perfect_threshold, *known).mean())
            },
        },
    )


def _outcomes(
    campaign: Callable[[int], CampaignOutcome], seeds: Sequence[int], jobs: int, name: str
) -> list[CampaignOutcome]:
    if jobs == 1:
        return [campaign(seed) for seed in track(seeds, name)]
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        return list(track(pool.map(campaign, seeds), name, total=len(seeds)))


def _campaign(
    beliefs: Beliefs, promise: Promise, selection: str, learners: Sequence[LearnerName], seed: int
) -> CampaignOutcome:
    """Run a campaign on one thread: the seeds run beside one another."""
    settings = load()
    taught = [new_learner(where, settings) for where in chosen(learners).values()]
    torch.set_num_threads(1)
    with threadpool_limits(1):
        return run(beliefs, promise, seed, selection, taught)


def _table(results: Sequence[CertificateResult]) -> Table:
    table = Table(
        *("folder", "items", "way", "share left to the model", "sd", "beyond the fixed sequence"),
        *("violations", "audits", "batches"),
    )
    for result in results:
        table.add_row(
            result.folder,
            f"{result.items:,}",
            f"Tandem, {result.epsilon:.0%} error at {1 - result.delta:.0%}",
            f"{result.share_mean:.3f}",
            "" if result.share_sd is None else f"{result.share_sd:.3f}",
            f"{result.gain:+.3f}"
            + ("" if result.gain_error is None else f" ± {result.gain_error:.3f}"),
            f"{result.violations:.3f} (< {result.violations_high:.3f})",
            f"{result.audits_mean:.0f}",
            f"{result.batches_mean:.1f}",
        )
        for name, baseline in result.baselines.items():
            audits = baseline.get("audits")
            share = f"{baseline['share_mean']:.3f}"
            table.add_row("", "", name, share, "", "", "", f"{audits:.0f}" if audits else "", "")
    return table


if __name__ == "__main__":
    main()
