"""Spans out of simulated crowds that mark names: how near does each way come to the truth?

    python -m bench.span_crowds [--texts N] [--votes N] [--seeds N] [--json]

Texts are as long as sentences of news and hold some names of four kinds. Forty workers of
differing skill each mark some texts: they miss names, the more so of one kind, take one kind for
another, end names a word off, and make some up; a few hardly look. Their errors are of the size
that is seen in crowds of layfolk, who on average find about half of all names.

Beside them a model lists spans, each with a probability that is true to the letter. Ways:

- *majority*: pieces on which most agree, label by label.
- *dawid-skene*: the same by crowd-kit's Dawid-Skene.
- *pieces*: what Tandem does, all labels at once, see `aggregation.by_type.pieces`; and *with the
  model*, its beliefs as priors.
- *model*: its spans above one half, alone.
"""

import argparse
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from rich.console import Console
from rich.table import Table

from aggregation.beliefs import Belief
from aggregation.by_type import aggregator_for
from aggregation.classification.registry import AUTO
from bench.controls_measures import span_scores
from labeling.answers.types import AnswerType, Span, canonical_json, spans_of

LABELS = ("PER", "LOC", "ORG", "MISC")
FREQUENCY = (0.3, 0.3, 0.25, 0.15)
MISTAKEN_FOR = {"PER": "ORG", "LOC": "ORG", "ORG": "LOC", "MISC": "ORG"}
"""What each kind is most often taken for."""
WORKERS = 40
WORD = 6
"""Characters of a word and the blank behind it."""
SHARPNESS = 0.7
"""How well the model's scores tell right spans from wrong ones, in standard deviations."""


@dataclass(frozen=True, slots=True)
class NameMarker:
    """How one worker errs.

    Attributes:
        misses: Share of names that are not marked, by kind.
        mistakes: Share of marked names whose kind is mistaken.
        moves: Share of ends that are a word off.
        invents: Mean number of spans in a text that are none.
    """

    misses: dict[str, float]
    mistakes: float
    moves: float
    invents: float


@dataclass(frozen=True, slots=True)
class NamedTexts:
    """Texts with their names, what a crowd marked, and what a model believes.

    Attributes:
        gold: The answer of each text.
        votes: A frame `task, worker, label`.
        beliefs: The model's, by text.
    """

    gold: list[str]
    votes: pd.DataFrame
    beliefs: dict[int, Belief]


def simulated(texts: int, votes: int, seed: int) -> NamedTexts:
    """Simulate texts, a crowd and a model.

    Args:
        texts: How many texts.
        votes: How many workers mark each.
        seed: Of all draws.

    Returns:
        What came of it.
    """
    rng = np.random.default_rng(seed)
    lengths = rng.integers(8, 28, size=texts)
    truth = [_names(rng, int(length)) for length in lengths]
    crowd = [_worker(rng) for _ in range(WORKERS)]
    rows = [
        (task, f"w{worker}", canonical_json(_marked(rng, crowd[worker], truth[task], int(length))))
        for task, length in enumerate(lengths)
        for worker in rng.choice(WORKERS, size=votes, replace=False)
    ]
    return NamedTexts(
        [canonical_json(own) for own in truth],
        pd.DataFrame(rows, columns=["task", "worker", "label"]),
        {task: _belief(rng, truth[task], int(length)) for task, length in enumerate(lengths)},
    )


def measure(texts: int, votes: int, seeds: int) -> dict[str, dict[str, float]]:
    """Judge every way; means over the seeds.

    Args:
        texts: How many texts.
        votes: How many workers mark each.
        seeds: How many simulations.

    Returns:
        Exact span F1, character F1 and seconds, by way.
    """
    found: dict[str, list[dict[str, float]]] = {}
    for seed in range(seeds):
        world = simulated(texts, votes, seed)
        for name, way in _WAYS.items():
            start = time.perf_counter()
            answers = way(world)
            seconds = time.perf_counter() - start
            scores = span_scores([*zip(answers, world.gold, strict=True)])
            found.setdefault(name, []).append({**scores, "seconds": seconds})
    return {
        name: {measure: float(np.mean([one[measure] for one in runs])) for measure in runs[0]}
        for name, runs in found.items()
    }


def _names(rng: np.random.Generator, words: int) -> list[Span]:
    names: list[Span] = []
    at = int(rng.integers(0, 5))
    while at < words:
        length = min(int(rng.choice([1, 2, 3], p=[0.6, 0.3, 0.1])), words - at)
        names.append(_span(at, at + length, str(rng.choice(LABELS, p=FREQUENCY))))
        at += length + int(rng.integers(1, 12))
    return names


def _span(first: int, end: int, label: str) -> Span:
    return first * WORD, end * WORD - 1, label


def _worker(rng: np.random.Generator) -> NameMarker:
    care = float(rng.beta(2.0, 1.3))
    is_careless = rng.random() < 0.1
    base = 0.8 if is_careless else 0.7 * (1 - care) + 0.05
    return NameMarker(
        {x: float(np.clip(base + (0.15 if x == "MISC" else 0.0), 0, 0.95)) for x in LABELS},
        mistakes=0.05 + 0.3 * (1 - care),
        moves=0.03 + 0.17 * (1 - care),
        invents=0.05 + 0.35 * (1 - care) + (0.5 if is_careless else 0.0),
    )


def _marked(
    rng: np.random.Generator, worker: NameMarker, names: Sequence[Span], words: int
) -> list[Span]:
    said: list[Span] = []
    for start, end, label in names:
        if rng.random() < worker.misses[label]:
            continue
        kind = _other(rng, label) if rng.random() < worker.mistakes else label
        first, last = start // WORD, (end + 1) // WORD
        first += int(rng.choice([-1, 1])) * (rng.random() < worker.moves)
        last += int(rng.choice([-1, 1])) * (rng.random() < worker.moves)
        first, last = max(0, first), min(words, last)
        if first < last:
            said.append(_span(first, last, kind))
    for _ in range(int(rng.poisson(worker.invents))):
        first = int(rng.integers(0, words))
        said.append(_span(first, first + 1, str(rng.choice(LABELS))))
    return _apart(said)


def _other(rng: np.random.Generator, label: str) -> str:
    return MISTAKEN_FOR[label] if rng.random() < 0.7 else str(rng.choice(LABELS))


def _apart(spans: Sequence[Span]) -> list[Span]:
    """Keep the first of spans that overlap."""
    kept: list[Span] = []
    for span in spans:
        if all(span[1] <= start or end <= span[0] for start, end, _ in kept):
            kept.append(span)
    return sorted(kept)


def _belief(rng: np.random.Generator, names: Sequence[Span], words: int) -> Belief:
    """List most of the names and as many that are none, by scores that are calibrated."""
    right = [one for one in names if rng.random() < 0.8]
    careless = NameMarker(dict.fromkeys(LABELS, 0.4), 0.5, 0.4, 0.5)
    wrong = [one for one in _marked(rng, careless, names, words) if one not in names]
    listed: dict[str, float] = {}
    for spans, sign in ((right, 1), (wrong, -1)):
        for span in spans:
            score = sign * SHARPNESS + rng.standard_normal()
            # By Bayes' rule, where about three of five that are listed are right.
            odds = 1.54 * np.exp(2 * SHARPNESS * score)
            listed[canonical_json(span)] = float(odds / (1 + odds))
    kept = _apart(
        [
            _read(key)
            for key, p in sorted(listed.items(), key=lambda one: (-one[1], one[0]))
            if p > 0.5
        ]
    )
    sure = float(np.prod([max(p, 1 - p) for p in listed.values()])) * 0.6
    return Belief(canonical_json(kept), sure, listed, "simulated", calibrated=True)


def _read(key: str) -> Span:
    [span] = spans_of(f"[{key}]")
    return span


def _pieces(method: str, *, with_model: bool = False) -> Callable[[NamedTexts], list[str]]:
    def way(world: NamedTexts) -> list[str]:
        fitted = aggregator_for(AnswerType.SPANS, method=method)
        return [*fitted.fit_predict(world.votes, world.beliefs if with_model else {})]

    return way


def _model(world: NamedTexts) -> list[str]:
    return [world.beliefs[task].label for task in range(len(world.gold))]


_WAYS: dict[str, Callable[[NamedTexts], list[str]]] = {
    "majority": _pieces("majority-vote"),
    "dawid-skene": _pieces("dawid-skene"),
    "pieces": _pieces(AUTO),
    "model": _model,
    "pieces with the model": _pieces(AUTO, with_model=True),
}


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the benchmark from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--texts", type=int, default=1000, help="texts of a simulation")
    parser.add_argument("--votes", type=int, default=5, help="workers who mark a text")
    parser.add_argument("--seeds", type=int, default=3, help="simulations to average over")
    parser.add_argument("--json", action="store_true", help="end with the results as one object")
    given = parser.parse_args(arguments)
    results = measure(given.texts, given.votes, given.seeds)
    table = Table("way", "span F1", "character F1", "seconds")
    for name, scores in results.items():
        table.add_row(
            name,
            *(f"{scores[one]:.3f}" for one in ("span F1", "character F1")),
            f"{scores['seconds']:.1f}",
        )
    Console().print(table)
    if given.json:
        print(json.dumps(results))


if __name__ == "__main__":
    main()
