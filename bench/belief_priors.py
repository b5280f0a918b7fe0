"""What a model's belief adds to people's answers, by answer type, on simulated crowds.

    python -m bench.belief_priors [--tasks N] [--votes N...] [--seeds N] [--json]

Eight workers of differing skill answer, so many of them each task, and a model whose probabilities
are true to the letter. Of each answer type: how like the truth is what people come to alone, what
the model says alone, and what they come to with its belief as a prior; see `aggregation.by_type`
and `labeling.answers.similarity`. Spans have a benchmark of their own, `bench.span_crowds`.
"""

import argparse
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass

import numpy as np
import pandas as pd
from rich.console import Console
from rich.table import Table
from scipy.special import expit, logit, softmax

from aggregation.beliefs import Belief
from aggregation.by_type import aggregator_for
from labeling.answers.similarity import number_of, similarity
from labeling.answers.types import AnswerType, canonical_json, shortest, strings_of
from labeling.mathtypes import Floats

WORKERS = 8
CLEARNESS = 2.0
"""How far the model's scores of what is true lie above those of what is not, in deviations."""
LEAVES = tuple(canonical_json([[branch, branch + leaf]]) for branch in "ABC" for leaf in "123")
CLASSES = tuple("ABCD")
STEPS = tuple("12345")
LABELS = tuple("abcde")
SHARE = 0.3
"""Share of labels that belong to a set."""
WORDS = [
    "the",
    "old",
    "mill",
    "by",
    "river",
    "was",
    "sold",
    "to",
    "a",
    "young",
    "baker",
    "from",
    "next",
    "town",
    "in",
    "may",
]
SPREAD = 10.0
"""Difference at which two numbers have nothing in common."""

Rng = np.random.Generator


@dataclass(frozen=True, slots=True)
class SimulatedType:
    """How answers of one type come about.

    Attributes:
        answer_type: The type.
        labels: What the control offers.
        truth: Draws what is true.
        say: What a worker of a carelessness in [0, 1] says of a truth.
        believe: What the model believes of it.
    """

    answer_type: AnswerType
    labels: Sequence[str]
    truth: Callable[[Rng], str]
    say: Callable[[Rng, str, float], str]
    believe: Callable[[Rng, str], Belief]


@dataclass(frozen=True, slots=True)
class BeliefGain:
    """How like the truth answers are, on average.

    Attributes:
        answer_type: Of what type.
        votes: People asked about each task.
        people: What they come to alone.
        model: What the model says alone.
        both: What both come to.
    """

    answer_type: str
    votes: int
    people: float
    model: float
    both: float


def measure(tasks: int, votes: Sequence[int], seeds: int) -> list[BeliefGain]:
    """Simulate and judge every answer type.

    Args:
        tasks: How many tasks.
        votes: How many people answer each, one number a row.
        seeds: How many simulations to average over.

    Returns:
        A row a type and number of votes.
    """
    rows = []
    for simulated in _TYPES:
        for asked in votes:
            runs = [_run(simulated, tasks, asked, seed) for seed in range(seeds)]
            rows.append(
                BeliefGain(simulated.answer_type.value, asked, *np.mean(runs, axis=0).tolist())
            )
    return rows


def _run(simulated: SimulatedType, tasks: int, votes: int, seed: int) -> tuple[float, ...]:
    rng = np.random.default_rng(seed)
    truth = [simulated.truth(rng) for _ in range(tasks)]
    rows = [
        (task, f"w{worker}", simulated.say(rng, one, 0.1 + 0.5 * worker / WORKERS))
        for task, one in enumerate(truth)
        for worker in rng.choice(WORKERS, size=votes, replace=False)
    ]
    table = pd.DataFrame(rows, columns=["task", "worker", "label"])
    beliefs = {task: simulated.believe(rng, one) for task, one in enumerate(truth)}

    def likeness(answers: Sequence[str]) -> float:
        pairs = zip(answers, truth, strict=True)
        return float(np.mean([_similarity(simulated, *pair) for pair in pairs]))

    def consensus(known: Mapping[int, Belief]) -> float:
        fitted = aggregator_for(simulated.answer_type, labels=simulated.labels)
        return likeness([*fitted.fit_predict(table, known)])

    return consensus({}), likeness([one.label for one in beliefs.values()]), consensus(beliefs)


def _similarity(simulated: SimulatedType, one: str, other: str) -> float:
    return similarity(simulated.answer_type, one, other, steps=len(simulated.labels), spread=SPREAD)


def _one_of(offered: Sequence[str], answer_type: AnswerType) -> SimulatedType:
    """Make a type of which one of several is the answer, and errors are all alike."""

    def say(rng: Rng, truth: str, carelessness: float) -> str:
        others = [one for one in offered if one != truth]
        return truth if rng.random() > carelessness else str(rng.choice(others))

    def believe(rng: Rng, truth: str) -> Belief:
        right = np.array([one == truth for one in offered])
        scores = CLEARNESS * right + rng.standard_normal(len(offered))
        believed: Floats = softmax(CLEARNESS * scores)
        best = int(believed.argmax())
        known = dict(zip(offered, believed.tolist(), strict=True))
        return Belief(offered[best], float(believed[best]), known, "simulated", calibrated=True)

    return SimulatedType(answer_type, offered, lambda rng: str(rng.choice(offered)), say, believe)


def _misread(rng: Rng, truth: str, carelessness: float) -> str:
    return str(int(np.clip(round(int(truth) + 2.5 * carelessness * rng.standard_normal()), 1, 5)))


def _draw_set(rng: Rng) -> str:
    return canonical_json([one for one in LABELS if rng.random() < SHARE])


def _say_set(rng: Rng, truth: str, carelessness: float) -> str:
    named = strings_of(truth)
    odds = {one: 1 - carelessness if one in named else carelessness / 4 for one in LABELS}
    return canonical_json([one for one in LABELS if rng.random() < odds[one]])


def _believe_set(rng: Rng, truth: str) -> Belief:
    right = np.array([one in strings_of(truth) for one in LABELS])
    scores = CLEARNESS * (right - 0.5) + rng.standard_normal(len(LABELS))
    believed: Floats = expit(logit(SHARE) + CLEARNESS * scores)
    answer = [one for one, p in zip(LABELS, believed, strict=True) if p > 0.5]
    sure = float(np.maximum(believed, 1 - believed).prod())
    known = dict(zip(LABELS, believed.tolist(), strict=True))
    return Belief(canonical_json(answer), sure, known, "simulated", calibrated=True)


def _draw_number(rng: Rng) -> str:
    return str(int(rng.integers(0, 100)))


def _say_number(rng: Rng, truth: str, carelessness: float) -> str:
    is_exact = rng.random() > carelessness
    return truth if is_exact else shortest(number_of(truth) + round(rng.laplace(0, 4)))


def _believe_number(rng: Rng, truth: str) -> Belief:
    sure = float(rng.uniform(0.3, 0.95))
    off = 0 if rng.random() < sure else int(rng.integers(1, 12)) * int(rng.choice([-1, 1]))
    return Belief(shortest(number_of(truth) + off), sure, {}, "simulated", calibrated=True)


def _draw_text(rng: Rng) -> str:
    return canonical_json([" ".join(rng.permutation(WORDS)[:10])])


def _say_text(rng: Rng, truth: str, carelessness: float) -> str:
    words = [
        word if rng.random() > carelessness else word[::-1] + "x"
        for word in strings_of(truth)[0].split()
    ]
    return canonical_json([" ".join(words)])


def _believe_text(rng: Rng, truth: str) -> Belief:
    sure = float(rng.uniform(0.3, 0.95))
    said = _say_text(rng, truth, 0.1 if rng.random() < sure else 0.8)
    return Belief(said, sure, {}, "simulated", calibrated=True)


_STEPS = _one_of(STEPS, AnswerType.SCALE)
_TYPES = (
    _one_of(CLASSES, AnswerType.CLASS),
    _one_of(("left", "right"), AnswerType.PAIR),
    SimulatedType(AnswerType.SCALE, STEPS, _STEPS.truth, _misread, _STEPS.believe),
    SimulatedType(AnswerType.SET, LABELS, _draw_set, _say_set, _believe_set),
    _one_of(LEAVES, AnswerType.PATHS),
    SimulatedType(AnswerType.NUMBER, (), _draw_number, _say_number, _believe_number),
    SimulatedType(AnswerType.TEXT, (), _draw_text, _say_text, _believe_text),
)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the benchmark from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tasks", type=int, default=400, help="tasks of a simulation")
    parser.add_argument("--votes", type=int, nargs="+", default=[1, 2, 3], help="people a task")
    parser.add_argument("--seeds", type=int, default=3, help="simulations to average over")
    parser.add_argument("--json", action="store_true", help="end with the results as one object")
    given = parser.parse_args(arguments)
    results = measure(given.tasks, given.votes, given.seeds)
    table = Table("answer type", "votes", "people", "model", "both")
    for one in results:
        shares = (f"{share:.3f}" for share in (one.people, one.model, one.both))
        table.add_row(one.answer_type, str(one.votes), *shares)
    Console().print(table)
    if given.json:
        print(json.dumps([asdict(one) for one in results]))


if __name__ == "__main__":
    main()
