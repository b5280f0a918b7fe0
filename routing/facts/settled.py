"""Settled labels: what people say of the tasks that they are done with. Pure."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SettledLabel:
    """The label of a task that people are done with, and the probability that it is right."""

    label: str
    probability: float


def settled_labels(
    done: Iterable[int],
    labels: Mapping[int, str],
    probabilities: Mapping[int, float],
    certain: Collection[int],
) -> dict[int, SettledLabel]:
    """Return people's own label of each task that they are done with; ties are left out.

    Args:
        done: The tasks that people are done with.
        labels: People's label of each.
        probabilities: The probability that it is right.
        certain: The tasks whose label is known to be right.
    """
    return {
        task: SettledLabel(labels[task], 1.0 if task in certain else probabilities[task])
        for task in done
        if probabilities[task] > 0.5
    }


def human_error(settled: Mapping[int, SettledLabel], votes: Mapping[int, Sequence[str]]) -> float:
    """Return how often a settled label is wrong, as far as repeated votes tell.

    Of an item with one vote nothing is known but a guess at the crowd, which counts for 0.

    Args:
        settled: The settled labels, by task.
        votes: People's votes, by task.
    """
    repeated = [1 - one.probability for task, one in settled.items() if len(votes[task]) > 1]
    return sum(repeated) / max(len(settled), 1)
