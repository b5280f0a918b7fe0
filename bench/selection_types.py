"""What strategies teach where more than one choice is asked: a set, a scale, and a form of both.

    python -m bench.selection_types [--strategies NAME...] [--seeds N] [--answers N] [--json]

Each seed makes a world of 3,000 texts, one half a pool and the other a test. Labels follow from the
texts' embeddings by linear rules with noise: the set has twelve labels of which some are rare, the
scale five steps, the form one choice of four and a set of six. A pilot of 60 random texts is
answered, then rounds as the controller's grow; after each, a logistic regression for each question
learns anew. *Wrong* is the share of the test's answers that are not right, label by label, on the
scale the distance from the right step in parts of the whole scale. Every strategy is run twice:
over the questions, and over nothing but how probable it is that the whole answer is right. People
are simulated.
"""

import argparse
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass

import numpy as np
from rich.console import Console
from rich.progress import track
from rich.table import Table
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from aggregation.beliefs import PartBelief
from bench.seed_mean import SeedMean, mean_of
from labeling.answers.types import AnswerType
from labeling.mathtypes import Floats, Indices
from routing.planning.review_rounds import ROUND_GROWTH, ROUND_LEAST
from routing.selection.belief_matrix import ControlBeliefs, belief_matrix
from routing.selection.pool import Pool
from routing.selection.random import Random
from routing.selection.registry import STRATEGIES
from routing.selection.twin_learner import class_probabilities

TEXTS, DIMS, PILOT = 3_000, 24, 60
COMPARED = ("least-confidence", "margin", "entropy", "badge", "cal", "auto")


@dataclass(frozen=True, slots=True)
class Asked:
    """A control of a world, and what is right.

    Attributes:
        answer_type: A choice, a set or a scale.
        answers: To each of its questions, as an index, shape (texts, questions).
    """

    answer_type: AnswerType
    answers: Indices


@dataclass(frozen=True, slots=True)
class TypesResult:
    """One strategy in one world.

    Attributes:
        wrong: Share of the answers that are wrong in the end, over the questions.
        gain: How much less that is than random's, on the same seeds.
        whole_gain: The gain where only the probability of the whole answer is looked at.
    """

    world: str
    strategy: str
    seeds: int
    wrong: SeedMean
    gain: SeedMean
    whole_gain: SeedMean


def one_set(labels: int) -> Callable[[Floats, np.random.Generator], Asked]:
    """Return what makes a set, the first label common and each next one rarer."""

    def make(embeddings: Floats, rng: np.random.Generator) -> Asked:
        pull = embeddings @ rng.normal(size=(DIMS, labels))
        pull += rng.normal(scale=0.5, size=pull.shape)
        shares = np.geomspace(0.4, 0.03, labels)
        least = [np.quantile(column, 1 - p) for column, p in zip(pull.T, shares, strict=True)]
        return Asked(AnswerType.SET, (pull > least).astype(np.intp))

    return make


def scale(embeddings: Floats, rng: np.random.Generator) -> Asked:
    """Return five steps along one direction."""
    pull = embeddings @ rng.normal(size=DIMS)
    pull += rng.normal(scale=0.5, size=pull.shape)
    steps = np.searchsorted(np.quantile(pull, [0.3, 0.6, 0.8, 0.95]), pull)
    return Asked(AnswerType.SCALE, steps[:, None])


def choice(embeddings: Floats, rng: np.random.Generator) -> Asked:
    """Return the one of four directions that a text lies in."""
    pull = embeddings @ rng.normal(size=(DIMS, 4))
    pull += rng.normal(scale=0.5, size=pull.shape)
    return Asked(AnswerType.CLASS, pull.argmax(axis=1)[:, None])


WORLDS: Mapping[str, Sequence[Callable[[Floats, np.random.Generator], Asked]]] = {
    "set": [one_set(12)],
    "scale": [scale],
    "form": [choice, one_set(6)],
}


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the benchmark from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--strategies", nargs="+", default=[*COMPARED], choices=[*STRATEGIES])
    parser.add_argument("--worlds", nargs="+", default=[*WORLDS], choices=[*WORLDS])
    parser.add_argument("--seeds", type=int, default=20, help="campaigns in each world")
    parser.add_argument("--answers", type=int, default=300, help="at the end of a campaign")
    parser.add_argument("--json", action="store_true", help="end with the results as one object")
    given = parser.parse_args(arguments)
    with threadpool_limits(1):
        results = [
            one
            for name in given.worlds
            for one in measure(name, given.strategies, given.seeds, given.answers)
        ]
    table = Table("world", "strategy", "wrong", "less than random", "by the whole answer alone")
    for one in results:
        table.add_row(
            one.world, one.strategy, f"{one.wrong.mean:.4f}", _said(one.gain), _said(one.whole_gain)
        )
    Console().print(table)
    if given.json:
        print(json.dumps({"results": [asdict(one) for one in results]}))


def _said(gain: SeedMean) -> str:
    return f"{gain.mean:+.4f} ± {gain.high - gain.mean:.4f}"


def measure(name: str, strategies: Sequence[str], seeds: int, answers: int) -> list[TypesResult]:
    """Run all strategies in one world.

    Args:
        name: The world's.
        strategies: Their names.
        seeds: How many campaigns of each.
        answers: How many texts are answered in the end.

    Returns:
        One result a strategy.
    """
    chance = [wrong_after(name, Random.name, seed, answers) for seed in range(seeds)]
    results = []
    for strategy in strategies:
        pairs = [
            [wrong_after(name, strategy, seed, answers, is_whole=whole) for whole in (False, True)]
            for seed in track(range(seeds), f"{name}, {strategy}")
        ]
        own, whole = np.array(pairs).T
        gains = [mean_of((np.array(chance) - one).tolist()) for one in (own, whole)]
        results.append(TypesResult(name, strategy, seeds, mean_of(own.tolist()), *gains))
    return results


def wrong_after(
    name: str, strategy: str, seed: int, answers: int, *, is_whole: bool = False
) -> float:
    """Run a campaign.

    Args:
        name: The world's.
        strategy: What picks.
        seed: Of the world and of all chance.
        answers: How many texts are answered in the end.
        is_whole: Whether the strategy sees no more than how probable each whole answer is.

    Returns:
        Share of the test's answers that are wrong then.
    """
    rng = np.random.default_rng(seed)
    embeddings = rng.normal(size=(TEXTS, DIMS))
    embeddings /= np.linalg.norm(embeddings, axis=1, keepdims=True)
    asked = [make(embeddings, rng) for make in WORLDS[name]]
    is_answered = np.arange(TEXTS // 2) < PILOT
    while (known := int(is_answered.sum())) < answers:
        size = min(max(ROUND_LEAST, round(ROUND_GROWTH * known)), answers - known)
        controls = [_beliefs(embeddings, one, np.flatnonzero(is_answered)) for one in asked]
        pool = _pool(controls, is_answered, embeddings, is_whole=is_whole)
        is_answered[STRATEGIES[strategy].select(pool, size, seed * 1_000 + known)] = True
    return float(np.mean([_wrong(embeddings, one, np.flatnonzero(is_answered)) for one in asked]))


def _pool(
    controls: Sequence[ControlBeliefs],
    is_answered: np.ndarray[tuple[int, ...], np.dtype[np.bool_]],
    embeddings: Floats,
    *,
    is_whole: bool,
) -> Pool:
    if is_whole:
        right = [
            PartBelief(float(np.prod([one.confidence for one in parts if one])))
            for parts in zip(*(control.parts for control in controls), strict=True)
        ]
        controls = [ControlBeliefs(AnswerType.TEXT, right)]
    own = [ControlBeliefs(one.answer_type, one.parts[: TEXTS // 2]) for one in controls]
    probabilities, columns = belief_matrix(own)
    return Pool(probabilities, is_answered.copy(), embeddings[: TEXTS // 2], controls=columns)


def _taught(embeddings: Floats, asked: Asked, lesson: Indices) -> list[Floats]:
    """Return what a lesson teaches of each question, each of shape (texts, outcomes)."""
    return [
        class_probabilities(embeddings, one, int(one.max()) + 1, lesson) for one in asked.answers.T
    ]


def _beliefs(embeddings: Floats, asked: Asked, lesson: Indices) -> ControlBeliefs:
    """Return what is believed of a control as the backend's predictions have it."""
    taught = _taught(embeddings, asked, lesson)
    if asked.answer_type is AnswerType.SET:
        rows = np.array([one[:, 1] for one in taught]).T
        right = np.maximum(rows, 1 - rows).prod(axis=1)
    else:
        rows = taught[0]
        right = rows.max(axis=1)
    return ControlBeliefs(
        asked.answer_type,
        [
            PartBelief(float(p), {str(place): float(one) for place, one in enumerate(row)})
            for p, row in zip(right, rows, strict=True)
        ],
    )


def _wrong(embeddings: Floats, asked: Asked, lesson: Indices) -> float:
    """Return the share of a control's answers that are wrong on the test."""
    test = slice(TEXTS // 2, None)
    taught = _taught(embeddings, asked, lesson)
    if asked.answer_type is AnswerType.SCALE:
        beyond = taught[0].cumsum(axis=1)
        median = (beyond < 0.5).sum(axis=1)
        away = np.abs(median - asked.answers[:, 0])[test]
        return float(away.mean() / asked.answers.max())
    said = np.array([one.argmax(axis=1) for one in taught]).T
    return float((said != asked.answers)[test].mean())


if __name__ == "__main__":
    main()
