"""How often the learning curve's intervals hold, of a hundred labels more and of today's error.

    python -m bench.learning_curve [--seeds N] [--rounds N] [--strategy NAME] [--json]

Each seed makes a world of 3,000 texts: one half is a pool, the other a test that nothing learns
from. A pilot of 60 random texts is answered, then rounds as the controller's grow, picked by the
strategy. After each, a logistic regression on the texts' embeddings is judged on the pilot, out of
five folds of all that is answered. The forecast is held against what comes true: the same learner
with a hundred labels more, on the test. In the *clean* world labels follow from the embedding by a
linear rule; in the *noisy* one half of the texts are ambiguous, and answers to them are coin flips.
People are simulated.
"""

import argparse
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass

import numpy as np
from rich.console import Console
from rich.progress import track
from rich.table import Table
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from aggregation.quality.intervals import wilson
from bench.selection_monitor import LABELS, TEXTS, World, clean, noisy
from labeling.mathtypes import Floats, Indices
from routing.planning.learning_curve import Estimate, LessonScore, learning_curve
from routing.planning.review_rounds import ROUND_GROWTH, ROUND_LEAST
from routing.selection.pool import Pool
from routing.selection.registry import STRATEGIES
from routing.selection.twin_learner import class_probabilities

PILOT, MORE, FOLDS = 60, 100, 5

WORLDS: dict[str, Callable[[np.random.Generator], World]] = {"clean": clean, "noisy": noisy}


@dataclass(frozen=True, slots=True)
class Forecast:
    """What was said after the last lesson, and what came true.

    Attributes:
        gain: By how much the error was to fall with a hundred labels more.
        true_gain: By how much it fell.
        error: The error, as the lesson was judged.
        true_error: The error on the test.
    """

    gain: Estimate
    true_gain: float
    error: Estimate
    true_error: float


@dataclass(frozen=True, slots=True)
class CurveResult:
    """One world over all seeds.

    Attributes:
        held: Share of the seeds whose interval held the mean gain of all of them.
        held_own: Share whose interval held the gain that came true in that very campaign.
        error_held: Share in which the error lay in its interval.
        gain: Mean of the gains as forecast.
        true_gain: Mean of the gains that came true.
        low: Mean lower end.
        high: Mean upper end.
    """

    world: str
    strategy: str
    seeds: int
    rounds: int
    held: float
    held_own: float
    error_held: float
    gain: float
    true_gain: float
    low: float
    high: float


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the benchmark from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=100, help="campaigns in each world")
    parser.add_argument("--rounds", type=int, default=5, help="lessons behind the pilot's")
    parser.add_argument("--strategy", default="least-confidence", choices=[*STRATEGIES])
    parser.add_argument("--json", action="store_true", help="end with the results as one object")
    given = parser.parse_args(arguments)
    with threadpool_limits(1):
        results = [measure(name, given.seeds, given.rounds, given.strategy) for name in WORLDS]
    table = Table(
        "world", "seeds", "mean held", "own held", "error held", "gain", "interval", "true"
    )
    for one in results:
        table.add_row(
            one.world,
            str(one.seeds),
            f"{one.held:.2f}",
            f"{one.held_own:.2f}",
            f"{one.error_held:.2f}",
            f"{one.gain:.3f}",
            f"{one.low:.3f} to {one.high:.3f}",
            f"{one.true_gain:.3f}",
        )
    Console().print(table)
    if given.json:
        print(json.dumps({"results": [asdict(one) for one in results]}))


def measure(name: str, seeds: int, rounds: int, strategy: str) -> CurveResult:
    """Run campaigns in one world.

    Args:
        name: The world's.
        seeds: How many campaigns.
        rounds: Lessons behind the pilot's.
        strategy: What picks in it.

    Returns:
        How often the intervals held.
    """
    said = [campaign(WORLDS[name], seed, rounds, strategy) for seed in track(range(seeds), name)]
    mean = float(np.mean([one.true_gain for one in said]))
    return CurveResult(
        world=name,
        strategy=strategy,
        seeds=seeds,
        rounds=rounds,
        held=_share(one.gain.low <= mean <= one.gain.high for one in said),
        held_own=_share(one.gain.low <= one.true_gain <= one.gain.high for one in said),
        error_held=_share(one.error.low <= one.true_error <= one.error.high for one in said),
        gain=float(np.mean([one.gain.expected for one in said])),
        true_gain=mean,
        low=float(np.mean([one.gain.low for one in said])),
        high=float(np.mean([one.gain.high for one in said])),
    )


def _share(held: Iterable[bool]) -> float:
    return float(np.mean([*held]))


def campaign(
    make: Callable[[np.random.Generator], World], seed: int, rounds: int, strategy: str
) -> Forecast:
    """Run a campaign, and a hundred labels beyond it.

    Args:
        make: Makes the world.
        seed: Of the world, of chance and of the strategy.
        rounds: Lessons behind the pilot's.
        strategy: What picks.

    Returns:
        What was said after the last lesson, and what came true.
    """
    rng = np.random.default_rng(seed)
    world = make(rng)
    order = rng.permutation(TEXTS)
    pool, test = order[: TEXTS // 2], order[TEXTS // 2 :]
    pilot = answered = pool[:PILOT]
    scores: list[LessonScore] = []
    for _ in range(rounds + 1):
        scores.append(_judged(world, answered, pilot, rng))
        size = max(ROUND_LEAST, round(ROUND_GROWTH * len(answered)))
        if len(scores) <= rounds:
            answered = _with_picked(world, pool, answered, size, strategy, rng)
    later = _with_picked(world, pool, answered, MORE, strategy, rng)
    now, then = (_error(world, lesson, test) for lesson in (answered, later))
    curve, last = learning_curve(scores), scores[-1]
    if curve is None:
        raise ValueError("a curve takes two lessons")
    ends = wilson(last.wrong, last.judged)
    return Forecast(
        curve.gain_of(MORE),
        now - then,
        Estimate(last.wrong / last.judged, ends.low, ends.high),
        now,
    )


def _judged(
    world: World, answered: Indices, pilot: Indices, rng: np.random.Generator
) -> LessonScore:
    """Judge a lesson on the pilot, out of folds of all that is answered."""
    fold = rng.permutation(len(answered)) % FOLDS
    wrong = 0
    for number in range(FOLDS):
        held = answered[(fold == number) & np.isin(answered, pilot)]
        wrong += round(_error(world, answered[fold != number], held) * len(held))
    return LessonScore(len(answered), len(pilot), wrong)


def _with_picked(
    world: World,
    pool: Indices,
    answered: Indices,
    size: int,
    strategy: str,
    rng: np.random.Generator,
) -> Indices:
    """Return what is answered once the strategy picked so many texts more."""
    believed = _believed(world, answered)[pool]
    offered = Pool(believed, np.isin(pool, answered), world.embeddings[pool].astype(np.float32))
    picked = STRATEGIES[strategy].select(offered, size, int(rng.integers(2**31)))
    more: Indices = np.concatenate([answered, pool[picked]])
    return more


def _error(world: World, lesson: Indices, texts: Indices) -> float:
    """Return the share of texts that a learner of a lesson gets wrong; 0 of none."""
    if not len(texts):
        return 0.0
    said = _believed(world, lesson)[texts].argmax(axis=1)
    return float(np.mean(said != world.answers[texts]))


def _believed(world: World, lesson: Indices) -> Floats:
    return class_probabilities(world.embeddings, world.answers, LABELS, lesson)


if __name__ == "__main__":
    main()
