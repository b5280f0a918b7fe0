"""Copies: texts that repeat one's own answer to another item, another person's, or the item."""

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
from rapidfuzz.distance import Indel
from rapidfuzz.fuzz import partial_ratio_alignment
from rapidfuzz.process import cdist

from aggregation.quality.rules.among_people import unusually_often
from aggregation.quality.rules.contract import Finding, Work
from labeling.mathtypes import Bools, Indices

Texts: TypeAlias = npt.NDArray[np.object_]

NAME = "copies"

FEWEST = 10
"""Texts that a person must have written."""

ALIKE = 0.9
"""The likeness from which on two texts count as the same, in [0, 1]."""

SHORTEST = 15
"""Characters below which texts are often the same by chance."""

_BLOCK = 2_000
"""How many texts are compared with all of a person's at a time."""


def copies(work: Work) -> Sequence[Finding]:
    """Find people whose texts are copies more often than other people's.

    Three kinds count: of one's own answer to another item, of another person's earlier answer to
    the same item, and of a part of the item's own text. The null hypothesis, a kind: how often a
    person's texts are such copies is spread among honest people as it is among these; where an
    answer is meant to quote the item, everybody quotes, and nobody stands out. The smallest of the
    p-values counts, three times.

    Args:
        work: With texts as labels.

    Returns:
        A finding of each person with enough texts.
    """
    if not work.is_free_text:
        return []
    texts = work.answers["label"].str.casefold().str.split().str.join(" ")
    rows = [
        own[(texts.iloc[own].str.len() >= SHORTEST).to_numpy()] for own in work.rows_by_worker()
    ]
    people = [(who, own) for who, own in enumerate(rows) if len(own) >= FEWEST]
    if not people:
        return []
    written = np.asarray(texts, dtype=object)
    of_others, copied_from = _of_others(work, written)
    of_item = _of_item(work, written)
    kinds = {
        "repeat the person's answer to another item": [
            _of_own(work, written, own) for _, own in people
        ],
        "repeat another person's answer to the item": [of_others[own] for _, own in people],
        "are pasted from the item": [of_item[own] for _, own in people],
    }
    of = np.array([len(own) for _, own in people], dtype=np.int64)
    counts = {name: np.array([one.sum() for one in found]) for name, found in kinds.items()}
    p_values = np.stack([unusually_often(number, of) for number in counts.values()])
    findings = []
    for place, (who, own) in enumerate(people):
        worst = int(p_values[:, place].argmin())
        name, number = [*counts.items()][worst]
        usual = number.sum() / of.sum()
        line = f"{number[place]} of {of[place]} texts {name}, people on the whole {usual:.0%}"
        findings.append(
            Finding(
                NAME,
                _named(work, who, copied_from[own[of_others[own]]] if worst == 1 else None),
                min(1.0, len(counts) * float(p_values[worst, place])),
                line,
            )
        )
    return findings


def _named(work: Work, who: int, copied_from: Indices | None) -> tuple[str] | tuple[str, str]:
    if copied_from is None or not len(copied_from):
        return (work.workers[who],)
    return (work.workers[who], work.workers[int(np.bincount(copied_from).argmax())])


def _of_own(work: Work, texts: Texts, own: Indices) -> Bools:
    """Return which of a person's texts are like another of theirs, to another item."""
    tasks, mine = work.of_task[own], texts[own]
    is_copy = np.zeros(len(own), dtype=np.bool_)
    for start in range(0, len(own), _BLOCK):
        part = slice(start, start + _BLOCK)
        likeness = cdist(
            mine[part],
            mine,
            scorer=Indel.normalized_similarity,
            score_cutoff=ALIKE,
            dtype=np.float32,
        )
        likeness[tasks[part][:, None] == tasks[None, :]] = 0
        is_copy[part] = (likeness >= ALIKE).any(axis=1)
    return is_copy


def _of_others(work: Work, texts: Texts) -> tuple[Bools, Indices]:
    """Return which texts are like an earlier one of somebody else, and whose that is."""
    is_copy = np.zeros(len(texts), dtype=np.bool_)
    copied_from = np.full(len(texts), -1, dtype=np.intp)
    at = work.answers["submitted_at"].to_numpy(dtype="datetime64[ns]").astype(np.int64)
    by_task = np.lexsort((at, work.of_task))
    edges = np.flatnonzero(np.diff(work.of_task[by_task])) + 1
    for rows in np.split(by_task, edges):
        if len(rows) < 2:
            continue
        likeness = cdist(
            texts[rows], texts[rows], scorer=Indel.normalized_similarity, score_cutoff=ALIKE
        )
        earlier = (
            np.tril(likeness, -1)
            if (at[rows] > 0).all()
            else likeness * ~np.eye(len(rows), dtype=bool)
        )
        earlier[:, [len(texts[row]) < SHORTEST for row in rows]] = 0
        is_copy[rows] = (earlier >= ALIKE).any(axis=1)
        copied_from[rows] = work.of_worker[rows[earlier.argmax(axis=1)]]
    return is_copy, copied_from


def _of_item(work: Work, texts: Texts) -> Bools:
    """Return which texts are like a part of the item that they answer."""
    items = {text: " ".join(text.casefold().split()) for text in work.answers["text"].unique()}
    sources = work.answers["text"].map(items)
    return np.array(
        [
            len(text) <= len(source)
            and partial_ratio_alignment(text, source, score_cutoff=100 * ALIKE) is not None
            for text, source in zip(texts, sources, strict=True)
        ],
        dtype=np.bool_,
    )
