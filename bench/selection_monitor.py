"""Whether the chance monitor finds a strategy that hurts, and lets one go on that helps.

    python -m bench.selection_monitor [--seeds N] [--rounds N] [--size N] [--share S] [--json]

Each seed makes a world of 3,000 texts and runs rounds of least confidence, a share of each drawn by
chance; after every round the monitor looks. In the *noisy* world half of the texts are ambiguous:
people's answers to them are coin flips, so that the most doubtful texts teach nothing. In the
*clean* one, labels follow from the embedding by a linear rule, and doubtful texts teach the most.
In the *even* one the strategy is random itself, so that neither side is better: what is found there
is found by mistake.
"""

import argparse
import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass

import numpy as np
from rich.console import Console
from rich.progress import track
from rich.table import Table
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from labeling.mathtypes import Floats, Indices
from routing.selection.chance_monitor import GainOverChance, gain_over_chance
from routing.selection.pool import Pool
from routing.selection.registry import STRATEGIES
from routing.selection.twin_learner import class_probabilities, judged_rounds
from routing.selection.twins import PickedRound

TEXTS, LABELS, PILOT = 3_000, 8, 40


@dataclass(frozen=True, slots=True)
class World:
    """Texts and people's answers.

    Attributes:
        embeddings: Shape (texts, dims).
        answers: As indices, shape (texts,).
        strategy: What picks in it.
    """

    embeddings: Floats
    answers: Indices
    strategy: str


@dataclass(frozen=True, slots=True)
class MonitorResult:
    """One world over all seeds.

    Attributes:
        fallen_back: Share of the seeds in which chance was found better, by the last round.
        gain: Mean estimate after the last round, in loss a text.
        low: Mean lower end of the interval.
        high: Mean upper end.
    """

    world: str
    seeds: int
    rounds: int
    fallen_back: float
    gain: float
    low: float
    high: float


def noisy(rng: np.random.Generator) -> World:
    """Return sixty kinds of texts of one label each; half of all texts are ambiguous instead."""
    centres = rng.normal(size=(60, 40))
    centres /= np.linalg.norm(centres, axis=1, keepdims=True)
    kind = rng.integers(len(centres), size=TEXTS)
    is_ambiguous = rng.random(TEXTS) < 0.5
    middle = np.where(is_ambiguous[:, None], 0.0, centres[kind])
    answers = np.where(is_ambiguous, rng.integers(LABELS, size=TEXTS), kind % LABELS)
    embeddings = middle + rng.normal(scale=0.08, size=middle.shape)
    return World(embeddings, answers.astype(np.intp), "least-confidence")


def clean(rng: np.random.Generator) -> World:
    """Return texts whose label is the direction that they lie in, without any noise."""
    embeddings = rng.normal(size=(TEXTS, 6))
    answers = (embeddings @ rng.normal(size=(6, LABELS))).argmax(axis=1)
    return World(embeddings, answers, "least-confidence")


def even(rng: np.random.Generator) -> World:
    """Return the clean world, where chance is compared with itself."""
    world = clean(rng)
    return World(world.embeddings, world.answers, "random")


WORLDS: dict[str, Callable[[np.random.Generator], World]] = {
    "noisy": noisy,
    "clean": clean,
    "even": even,
}


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the benchmark from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=200, help="campaigns in each world")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--size", type=int, default=150, help="texts of a round")
    parser.add_argument("--share", type=float, default=0.5, help="of a round, drawn by chance")
    parser.add_argument("--json", action="store_true", help="end with the results as one object")
    given = parser.parse_args(arguments)
    with threadpool_limits(1):
        results = [
            measure(name, given.seeds, given.rounds, given.size, given.share) for name in WORLDS
        ]
    table = Table("world", "seeds", f"found worse in {given.rounds} rounds", "gain", "interval")
    for one in results:
        table.add_row(
            one.world,
            str(one.seeds),
            f"{one.fallen_back:.3f}",
            f"{one.gain:+.3f}",
            f"{one.low:+.3f} to {one.high:+.3f}",
        )
    Console().print(table)
    if given.json:
        print(json.dumps({"results": [asdict(one) for one in results]}))


def measure(name: str, seeds: int, rounds: int, size: int, share: float) -> MonitorResult:
    """Run campaigns in one world.

    Args:
        name: The world's.
        seeds: How many campaigns.
        rounds: Rounds of each.
        size: Texts of a round.
        share: Of a round, drawn by chance.

    Returns:
        What the monitor said after the last round.
    """
    said = [
        campaign(WORLDS[name], seed, rounds, size, share)[-1] for seed in track(range(seeds), name)
    ]
    return MonitorResult(
        world=name,
        seeds=seeds,
        rounds=rounds,
        fallen_back=float(np.mean([one.is_worse for one in said])),
        gain=float(np.mean([one.estimate for one in said])),
        low=float(np.mean([one.low for one in said])),
        high=float(np.mean([one.high for one in said])),
    )


def campaign(
    make: Callable[[np.random.Generator], World], seed: int, rounds: int, size: int, share: float
) -> list[GainOverChance]:
    """Run the rounds of one campaign.

    Args:
        make: Makes the world.
        seed: Of the world, of chance and of the strategy.
        rounds: How many.
        size: Texts of a round.
        share: Of a round, drawn by chance.

    Returns:
        What the monitor says after each round.
    """
    rng = np.random.default_rng(seed)
    world = make(rng)
    order = rng.permutation(TEXTS)
    pilot, rest = order[:PILOT], order[PILOT:]
    is_answered = np.zeros(TEXTS, dtype=np.bool_)
    is_answered[pilot] = True
    picked: list[PickedRound] = []
    for _ in range(rounds):
        believed = class_probabilities(
            world.embeddings, world.answers, LABELS, np.flatnonzero(is_answered)
        )
        drawn = rest[~is_answered[rest]][: round(share * size)]
        is_answered[drawn] = True
        pool = Pool(believed, is_answered.copy())
        batch = STRATEGIES[world.strategy].select(pool, size - len(drawn), int(rng.integers(2**31)))
        is_answered[batch] = True
        picked.append(PickedRound(batch.tolist(), drawn.tolist()))
    rank = np.argsort(order).astype(np.float64)
    judged = judged_rounds(
        world.embeddings, [world.answers], pilot.tolist(), picked, rank, len(rest)
    )
    return [gain_over_chance(judged[:number]) for number in range(rounds)]


if __name__ == "__main__":
    main()
