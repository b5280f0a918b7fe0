"""The texts near a suspected one whose label differs, and texts that are near to none."""

from collections.abc import Collection, Mapping, Sequence

import numpy as np

from aggregation.label_errors.records import NearText
from labeling.mathtypes import Floats

LOOKED_AT = 10
"""Nearest texts that are looked at; of these, those that say otherwise are shown."""

SHOWN = 3
"""Of these, how many are shown."""

NEAREST = 5
"""Nearest texts by which it is judged how far from all others a text is."""

FARTHEST = 0.05
"""The share of the texts, those farthest from all others, that may fit no label."""

SAMPLED = 1_000
"""Texts at most that tell how far from each other texts are."""


def nearest_otherwise(
    tasks: Sequence[int], vectors: Floats, labels: Mapping[int, str], suspected: Collection[int]
) -> dict[int, tuple[NearText, ...]]:
    """Find the nearest texts that say otherwise.

    Args:
        tasks: The tasks that have a vector, in the vectors' order.
        vectors: Of their texts, of length 1, shape (tasks, dims).
        labels: The label that stands, by task; tasks without one say nothing.
        suspected: The tasks that are asked about.

    Returns:
        By task, the nearest that say otherwise, the nearest first; none where the `LOOKED_AT`
        nearest all say the same.
    """
    places = np.array([place for place, task in enumerate(tasks) if task in labels], dtype=np.intp)
    found: dict[int, tuple[NearText, ...]] = {}
    for place in [place for place in places.tolist() if tasks[place] in suspected]:
        similarity = vectors[places] @ vectors[place]
        order = np.argsort(-similarity, kind="stable")
        nearest = [spot for spot in order if places[spot] != place][:LOOKED_AT]
        own = labels[tasks[place]]
        others = [
            NearText(other, labels[other], float(similarity[spot]))
            for spot in nearest
            if labels[other := tasks[places[spot]]] != own
        ]
        found[tasks[place]] = tuple(others[:SHOWN])
    return found


def far_from_all(
    tasks: Sequence[int], vectors: Floats, candidates: Collection[int]
) -> frozenset[int]:
    """Return the candidates that are farther from the texts nearest to them than most texts are.

    Args:
        tasks: The tasks that have a vector, in the vectors' order.
        vectors: Of their texts, of length 1, shape (tasks, dims).
        candidates: The tasks that are asked about.

    Returns:
        Those that are farther than all but `FARTHEST` of the texts; of many texts, of a sample.
    """
    if len(tasks) <= NEAREST:
        return frozenset()
    sample = range(0, len(tasks), 1 + len(tasks) // SAMPLED)
    usual = np.quantile([_isolation(vectors, place) for place in sample], 1 - FARTHEST)
    return frozenset(
        task
        for place, task in enumerate(tasks)
        if task in candidates and _isolation(vectors, place) > usual
    )


def _isolation(vectors: Floats, place: int) -> float:
    """Return one minus the mean cosine of a text to those nearest to it."""
    similarity = np.delete(vectors @ vectors[place], place)
    return float(1 - np.partition(similarity, -NEAREST)[-NEAREST:].mean())
