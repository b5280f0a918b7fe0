"""Whether confidence comes true after few answers, and whether that ever does harm.

    python -m bench.calibration FOLDER... [--answers N...] [--seeds N] [--first N] [--json]

For the form of a folder see `bench.beliefs`. For every seed a third of the items is held out, drawn
at random; the others answer, as many as asked for or as there are. What the service would fit to
these answers is judged on the held-out items: log-probabilities as they are, the calibrator alone,
and all that `/learn` fits, the held-out texts being the open ones.

Figures are means over the seeds, and 95% of the seeds lie in the interval. `harm` lists where the
interval of the difference to the uncalibrated lies above zero: it was worse whatever the draw.
"""

import argparse
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

from backend.calibration.calibration_pipeline import CalibrationPipeline
from backend.calibration.noisy_labels import NoisyLabels
from backend.learning.fit_calibration import fit_all
from backend.learning.material import Texts
from bench.beliefs import read_beliefs
from labeling.mathtypes import Bools, Floats
from labeling.metrics import expected_calibration_error
from labeling.settings.load import load
from tandem.replay.beliefs import Beliefs

ANSWERS = (50, 200, 1000)
"""How many answers are learned from."""

HELD_OUT = 1 / 3
"""The share of the items that is judged on."""

WAYS = ("uncalibrated", "calibrated", "learned")
"""The log-probabilities as they are, the calibrator alone, all that is fitted."""

JUDGED = ("ece", "log_loss")
"""The measures by which harm is judged; less is better."""


@dataclass(frozen=True, slots=True)
class SeedInterval:
    """A mean over the seeds, and where 95% of them lie."""

    mean: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class CalibrationResult:
    """One folder and number of answers.

    Attributes:
        folder: The folder's name.
        model: The model's name.
        source: Where its confidence comes from.
        answers: Answers that were learned from, at most the wanted ones.
        wanted: Answers that were asked for.
        held_out: Items that were judged.
        quality: Accuracy, ECE and log loss by way.
        worse: Difference to the uncalibrated, by way and measure.
        chosen: In how many seeds each calibrator was chosen.
        second_opinions: In how many seeds the second opinion answered.
    """

    folder: str
    model: str
    source: str
    answers: int
    wanted: int
    held_out: int
    quality: dict[str, dict[str, SeedInterval]]
    worse: dict[str, dict[str, SeedInterval]]
    chosen: dict[str, int]
    second_opinions: int


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the benchmark from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folders", nargs="+", type=Path, metavar="FOLDER")
    parser.add_argument("--answers", nargs="+", type=int, default=ANSWERS, metavar="N")
    parser.add_argument("--seeds", type=int, default=20, help="draws of answers and held-out items")
    parser.add_argument(
        "--first", type=int, default=2500, metavar="N", help="items that the model labels at most"
    )
    parser.add_argument("--cache", type=Path, help="where scores and embeddings are kept")
    parser.add_argument("--json", action="store_true", help="end with the results as one object")
    given = parser.parse_args(arguments)
    settings = load()
    cache = given.cache or settings.data_dir / "bench"
    results = [
        measure(beliefs, wanted, given.seeds)
        for beliefs in (read_beliefs(one, settings, cache, given.first) for one in given.folders)
        for wanted in given.answers
    ]
    Console().print(_table(results))
    if given.json:
        found = [asdict(result) for result in results]
        print(json.dumps({"results": found, "harm": harm(results)}))


def measure(beliefs: Beliefs, wanted: int, seeds: int) -> CalibrationResult:
    """Learn from a number of answers, and judge what comes of it on held-out items.

    Args:
        beliefs: What a model believes of the items.
        wanted: Answers to learn from, where there are as many.
        seeds: How many times, each with a seed of its own.

    Returns:
        Quality of each way over the seeds.
    """
    items = len(beliefs.gold)
    held_out = int(np.ceil(items * HELD_OUT))
    answers = min(wanted, items - held_out)
    measured: list[dict[str, dict[str, float]]] = []
    chosen: Counter[str] = Counter()
    second_opinions = 0
    for seed in range(seeds):
        order = np.random.default_rng(seed).permutation(items)
        answered, held = (
            np.isin(np.arange(items), part) for part in (order[:answers], order[-held_out:])
        )
        calibration = _learn(beliefs, answered, held)
        chosen[calibration.calibrator.name] += 1
        second_opinions += calibration.head is not None
        measured.append(_judge(beliefs, held, calibration))
    return CalibrationResult(
        folder=beliefs.name,
        model=beliefs.model,
        source=beliefs.source,
        answers=answers,
        wanted=wanted,
        held_out=held_out,
        quality={way: _over_seeds([one[way] for one in measured]) for way in WAYS},
        worse={
            way: _over_seeds(
                [
                    {name: m[way][name] - m["uncalibrated"][name] for name in JUDGED}
                    for m in measured
                ]
            )
            for way in WAYS[1:]
        },
        chosen=dict(chosen.most_common()),
        second_opinions=second_opinions,
    )


def harm(results: Sequence[CalibrationResult]) -> list[str]:
    """List where what was fitted is worse than the uncalibrated by more than the interval."""
    return [
        f"{result.folder}, {result.answers} answers, {way}: {name} {figure.mean:+.4f}"
        for result in results
        for way, measures in result.worse.items()
        for name, figure in measures.items()
        if figure.low > 0
    ]


def _learn(beliefs: Beliefs, answered: Bools, held: Bools) -> CalibrationPipeline:
    noisy_labels = NoisyLabels(
        beliefs.log_probabilities[answered], beliefs.gold[answered], np.ones(int(answered.sum()))
    )
    still_open = Texts((), beliefs.log_probabilities[held], _part(beliefs, held))
    return fit_all(noisy_labels, _part(beliefs, answered), still_open).calibration


def _part(beliefs: Beliefs, where: Bools) -> Floats | None:
    return None if beliefs.embeddings is None else beliefs.embeddings[where]


def _judge(
    beliefs: Beliefs, held: Bools, calibration: CalibrationPipeline
) -> dict[str, dict[str, float]]:
    given, truth = beliefs.log_probabilities[held], beliefs.gold[held]
    probabilities = {
        "uncalibrated": np.exp(given),
        "calibrated": calibration.of_language_model(given),
        "learned": calibration(given, _part(beliefs, held)),
    }
    noisy_labels = NoisyLabels(given, truth, np.ones(len(truth)))
    return {way: _measures(noisy_labels, found) for way, found in probabilities.items()}


def _measures(noisy_labels: NoisyLabels, probabilities: Floats) -> dict[str, float]:
    right = probabilities.argmax(axis=1) == noisy_labels.answers
    confidence = np.minimum(probabilities.max(axis=1), 1.0)
    return {
        "accuracy": float(right.mean()),
        "ece": expected_calibration_error(confidence, right),
        "log_loss": float(noisy_labels.log_loss(probabilities).mean()),
    }


def _over_seeds(measures: Sequence[Mapping[str, float]]) -> dict[str, SeedInterval]:
    figures = {}
    for name in measures[0]:
        values = [one[name] for one in measures]
        low, high = np.quantile(values, [0.025, 0.975])
        figures[name] = SeedInterval(float(np.mean(values)), float(low), float(high))
    return figures


def _table(results: Sequence[CalibrationResult]) -> Table:
    table = Table("folder", "answers", "held out", "", "accuracy", "ECE", "log loss", "chosen")
    for result in results:
        short = "" if result.answers == result.wanted else f" (of {result.wanted:,} wanted)"
        chosen = ", ".join(f"{name} {count}" for name, count in result.chosen.items())
        first = (result.folder, f"{result.answers:,}{short}", f"{result.held_out:,}")
        notes = (result.model, chosen, f"second opinion {result.second_opinions}")
        for number, way in enumerate(WAYS):
            figures = (result.quality[way][name] for name in ("accuracy", "ece", "log_loss"))
            shown = (f"{one.mean:.3f} [{one.low:.3f}, {one.high:.3f}]" for one in figures)
            table.add_row(*(first if number == 0 else ("", "", "")), way, *shown, notes[number])
        table.add_section()
    return table


if __name__ == "__main__":
    main()
