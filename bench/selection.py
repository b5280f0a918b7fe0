"""How well the learner labels fresh texts, by the strategy that picked what people answered.

    python -m bench.selection FOLDER... [--answers N...] [--strategies NAME...] [--peers]
                              [--pilot N] [--seeds N] [--json]
    python -m bench.selection --scale [--sizes N...] [--json]

A folder is one of `bench.learning`: `items.csv`, `gold.csv`. Each seed is a campaign: a random
pilot, then batches that grow as the controller's rounds do, after each of which the project's
learner (calibration and head) is fitted anew; it is judged by its accuracy on tested texts. The
area is the mean accuracy between the first and the last number of answers. Intervals are Student's
at 95%, of differences from random on the same seeds. Labels saved: how many answers fewer than
random's last number bring its mean accuracy there. `--pilot 0` has the strategy pick from the first
text on. `--peers` adds scikit-activeml's own strategies. `--scale` measures one batch of 100 from
ever larger pools of random texts instead: seconds, and the process's peak memory.
"""

import argparse
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.progress import track
from rich.table import Table
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from bench import selection_scale
from bench.learning import LearningWork, read_work
from bench.seed_mean import SeedMean, mean_of
from bench.selection_world import Curve, Pick, curve
from labeling.mathtypes import Floats
from labeling.settings.load import load
from routing.selection.registry import STRATEGIES

ANSWERS = (50, 100, 200, 500, 1_000)
RANDOM = "random"


@dataclass(frozen=True, slots=True)
class SelectionResult:
    """One strategy on one folder: means over the seeds.

    Attributes:
        strategy: Its name.
        answers: Numbers of answers.
        accuracy: On the tested texts, after each.
        gain: Of accuracy over random's on the same seeds, after each.
        area: Mean accuracy between the first and the last number of answers.
        area_gain: What that is more than random's, on the same seeds.
        batch_seconds: What picking a batch took, on average.
        labels_saved: Answers that are saved in reaching random's last accuracy; None: it is not
            reached.
    """

    folder: str
    strategy: str
    seeds: int
    answers: Sequence[int]
    accuracy: Sequence[SeedMean]
    gain: Sequence[SeedMean]
    area: SeedMean
    area_gain: SeedMean
    batch_seconds: float
    labels_saved: float | None


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the benchmark from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folders", nargs="*", type=Path, metavar="FOLDER")
    parser.add_argument("--answers", nargs="+", type=int, default=ANSWERS, metavar="N")
    parser.add_argument("--strategies", nargs="+", default=[*STRATEGIES], choices=[*STRATEGIES])
    parser.add_argument("--peers", action="store_true", help="scikit-activeml's strategies, too")
    parser.add_argument("--pilot", type=int, default=50, help="texts picked at random at first")
    parser.add_argument("--seeds", type=int, default=10, help="campaigns to average over")
    parser.add_argument("--tested", type=int, default=1_000, help="texts that are labelled")
    parser.add_argument("--pool", type=int, default=4_000, help="texts that may be answered")
    parser.add_argument("--model", choices=["settings", "none"], default="settings")
    parser.add_argument("--cache", type=Path, default=Path(".tandem/bench"), metavar="FOLDER")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="of finished curves, to go on")
    parser.add_argument("--scale", action="store_true", help="measure one batch of large pools")
    parser.add_argument("--sizes", nargs="+", type=int, default=selection_scale.SIZES)
    parser.add_argument("--json", action="store_true", help="end with the results as one object")
    given = parser.parse_args(arguments)
    if given.scale:
        selection_scale.report(given.strategies, given.sizes, as_json=given.json)
        return
    if not given.folders:
        parser.error("name a folder, or --scale")
    results = []
    with threadpool_limits(1):
        for folder in given.folders:
            results += measure(read_work(folder, load(), given), _picks(given), given)
    Console().print(_table(results))
    if given.json:
        print(json.dumps({"results": [asdict(result) for result in results]}))


def _picks(given: argparse.Namespace) -> Mapping[str, Pick]:
    """Return what picks, by name; random first, which all are compared with."""
    names = [RANDOM, *(name for name in given.strategies if name != RANDOM)]
    picks: dict[str, Pick] = {name: STRATEGIES[name].select for name in names}
    if given.peers:
        from bench.selection_peers import PEERS  # here, since it takes long to import

        picks |= PEERS
    return picks


def measure(
    work: LearningWork, picks: Mapping[str, Pick], given: argparse.Namespace
) -> list[SelectionResult]:
    """Measure every strategy on one folder.

    Args:
        work: The texts.
        picks: The strategies by name, random among them.
        given: Numbers of answers, pilot, seeds, and where finished curves are kept.

    Returns:
        One result a strategy, in order.
    """
    curves = {
        name: [
            _kept(work, name, pick, seed, given)
            for seed in track(range(given.seeds), f"{work.name}, {name}")
        ]
        for name, pick in picks.items()
    }
    return [_result(work.name, name, given.answers, curves) for name in curves]


def _kept(work: LearningWork, name: str, pick: Pick, seed: int, given: argparse.Namespace) -> Curve:
    """Return a finished curve, or make it, and keep it where a folder is named."""
    if given.keep is None:
        return curve(work, pick, given.answers, given.pilot, seed)
    limits = [given.tested, given.pool, given.model, given.pilot, *given.answers]
    key = json.dumps([work.name, name, seed, *limits])
    path: Path = given.keep / f"{sha256(key.encode()).hexdigest()[:16]}.json"
    if path.exists():
        return Curve(**json.loads(path.read_text("utf-8")))
    made = curve(work, pick, given.answers, given.pilot, seed)
    given.keep.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(asdict(made)), "utf-8")
    return made


def _result(
    folder: str, name: str, answers: Sequence[int], curves: Mapping[str, Sequence[Curve]]
) -> SelectionResult:
    own, chance = (np.array([one.accuracies for one in curves[key]]) for key in (name, RANDOM))
    areas, chance_areas = area(own, answers), area(chance, answers)
    return SelectionResult(
        folder=folder,
        strategy=name,
        seeds=len(own),
        answers=answers,
        accuracy=[mean_of(column.tolist()) for column in own.T],
        gain=[mean_of(column.tolist()) for column in (own - chance).T],
        area=mean_of(areas.tolist()),
        area_gain=mean_of((areas - chance_areas).tolist()),
        batch_seconds=float(np.mean([s for one in curves[name] for s in one.batch_seconds] or [0])),
        labels_saved=labels_saved(own.mean(axis=0), chance.mean(axis=0)[-1], answers),
    )


def area(accuracies: Floats, answers: Sequence[int]) -> Floats:
    """Return the mean accuracy over the numbers of answers, straight between those measured.

    Args:
        accuracies: Shape (curves, numbers of answers).
        answers: The numbers, ascending.

    Returns:
        Of each curve, shape (curves,).
    """
    if len(answers) == 1:
        return accuracies[:, 0]
    between = np.diff(answers) / (answers[-1] - answers[0])
    areas: Floats = (accuracies[:, 1:] + accuracies[:, :-1]) @ between / 2
    return areas


def labels_saved(accuracy: Floats, goal: float, answers: Sequence[int]) -> float | None:
    """Return how many answers fewer than the last number reach an accuracy for the first time.

    Args:
        accuracy: After each number of answers, straight between them.
        goal: The accuracy to reach.
        answers: The numbers, ascending.

    Returns:
        Answers; None where it is not reached.

    Examples:
        >>> labels_saved(np.array([0.5, 0.7, 0.9]), 0.8, [100, 200, 300])
        50.0
    """
    for place, reached in enumerate(accuracy):
        if reached >= goal:
            if place == 0:
                return float(answers[-1] - answers[0])
            before = accuracy[place - 1]
            part = (goal - before) / (reached - before)
            needed = answers[place - 1] + part * (answers[place] - answers[place - 1])
            return float(answers[-1] - needed)
    return None


def _table(results: Sequence[SelectionResult]) -> Table:
    numbers = results[0].answers
    table = Table("folder", "strategy", *(f"{one:,}" for one in numbers), "area", "over random")
    table.add_column("saved", justify="right")
    table.add_column("s a batch", justify="right")
    for one in results:
        reach = one.area_gain.high - one.area_gain.mean
        table.add_row(
            one.folder,
            one.strategy,
            *(
                f"{accuracy.mean:.3f}{_mark(gain)}"
                for accuracy, gain in zip(one.accuracy, one.gain, strict=True)
            ),
            f"{one.area.mean:.3f}",
            f"{one.area_gain.mean:+.3f} ± {reach:.3f}",
            "" if one.labels_saved is None else f"{one.labels_saved:.0f}",
            f"{one.batch_seconds:.2f}",
        )
    table.caption = "+ and -: above and below random by more than the interval"
    return table


def _mark(gain: SeedMean) -> str:
    return "+" if gain.low > 0 else "-" if gain.high < 0 else " "


if __name__ == "__main__":
    main()
