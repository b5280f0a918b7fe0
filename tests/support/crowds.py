"""Simulated crowds of every kind, and votes to test with."""

from collections.abc import Callable, Iterable, Mapping

import numpy as np
import pandas as pd

from labeling.answers.types import AnswerType, Span, canonical_json, spans_of

Vote = tuple[int, str, str]
Speak = Callable[[np.random.Generator, str], str]
"""Truth → what a worker says."""

EXAMPLES: dict[AnswerType, tuple[str, str, str]] = {
    AnswerType.CLASS: ("A", "B", "C"),
    AnswerType.SET: ('["a","b"]', '["b"]', "[]"),
    AnswerType.PATHS: ('[["x","y"]]', '[["x","z"]]', '[["w"]]'),
    AnswerType.SCALE: ("1", "3", "5"),
    AnswerType.PAIR: ("left", "right", "left"),
    AnswerType.SPANS: ('[[0,5,"A"]]', '[[3,9,"A"],[9,12,"A"]]', "[]"),
    AnswerType.REGIONS: ('[[0,5,"A","x"]]', '[[0,5,"A","y"],[9,12,"A","x"]]', "[]"),
    AnswerType.TEXT: ('["A fine day."]', '["A bad day."]', '["Nothing."]'),
    AnswerType.NUMBER: ("1", "12.5", "1e+22"),
}
"""Three answers of every kind, in the canonical form."""


def votes_of(rows: Iterable[Vote]) -> pd.DataFrame:
    return pd.DataFrame(list(rows), columns=["task", "worker", "label"])


def crowd_of(
    truths: Iterable[str], workers: dict[str, Speak], *, votes: int, seed: int
) -> pd.DataFrame:
    """Let some workers, drawn for each task, say what they make of its truth."""
    rng = np.random.default_rng(seed)
    names = sorted(workers)
    return votes_of(
        (task, str(name), workers[str(name)](rng, truth))
        for task, truth in enumerate(truths)
        for name in rng.choice(names, size=votes, replace=False)
    )


def confuser(confusion: Mapping[str, Mapping[str, float]]) -> Speak:
    """Make a worker who says each label with its probability, by true label."""

    def say(rng: np.random.Generator, truth: str) -> str:
        said = confusion[truth]
        return str(rng.choice(list(said), p=list(said.values())))

    return say


def reader_of_scale(noise: float, steps: int) -> Speak:
    """Make a worker who misses the step by a rounded normal error."""

    def say(rng: np.random.Generator, truth: str) -> str:
        return str(int(np.clip(round(int(truth) + noise * rng.standard_normal()), 1, steps)))

    return say


def marker_of_spans(
    *, misses: float, moves: float, invents: float, mistakes: float = 0.05, length: int = 300
) -> Speak:
    """Make a worker who misses spans, moves their ends, mistakes labels and makes spans up.

    Args:
        misses: Share of true spans that are not marked.
        moves: Share of ends that are moved, by up to four characters.
        invents: Mean number of spans that are none, a text.
        mistakes: Share of labels that are mistaken.
        length: Characters of the text.
    """

    def say(rng: np.random.Generator, truth: str) -> str:
        said: set[Span] = set()
        for start, end, label in spans_of(truth):
            if rng.random() < misses:
                continue
            first, last = (
                at + (int(rng.integers(1, 5)) * int(rng.choice([-1, 1])) * (rng.random() < moves))
                for at in (start, end)
            )
            kind = str(rng.choice(list("AB"))) if rng.random() < mistakes else label
            said.add((max(0, first), min(length, max(last, first + 1)), kind))
        for _ in range(int(rng.poisson(invents))):
            start = int(rng.integers(0, length - 20))
            said.add((start, start + int(rng.integers(4, 20)), str(rng.choice(list("AB")))))
        return canonical_json(sorted(said))

    return say


def true_spans(rng: np.random.Generator, length: int = 300) -> str:
    """Draw up to four spans of 6 to 25 characters that do not touch."""
    spans: list[Span] = []
    at = int(rng.integers(0, 60))
    while at < length - 30 and len(spans) < 4:
        end = at + int(rng.integers(6, 26))
        spans.append((at, end, str(rng.choice(list("AB")))))
        at = end + int(rng.integers(10, 120))
    return canonical_json(spans)
