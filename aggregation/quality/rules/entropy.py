"""Entropy: answers that follow the items less than other people's do, such as random ones."""

from collections.abc import Sequence

import numpy as np

from aggregation.quality.rules.among_people import unusually_high
from aggregation.quality.rules.contract import Finding, Work
from aggregation.quality.rules.crowd import NONE
from labeling.mathtypes import Floats, Indices

NAME = "entropy"

FEWEST = 20
"""Answers that a person must have given on items of which the others have a majority."""

DRAWS = 40
"""How often answers are drawn as the others would have given them."""


def entropy(work: Work) -> Sequence[Finding]:
    """Find people whose answers are less determined by what the others say of the items.

    How little they are is the entropy of the answers given the others' majority. How much of it is
    to be expected, and how far that is chance, is told by answers that are drawn as the others
    answered the same items. The null hypothesis: by how much a person's entropy exceeds that is
    spread among honest people, who differ in skill, as it is among these. Who always says one
    label has no entropy at all; see `favourite`.

    Args:
        work: Answers that are not free texts.

    Returns:
        A finding of each person with enough answers.
    """
    if work.is_free_text:
        return []
    people, excesses, variances, lines = [], [], [], []
    for who, rows in work.people_with(FEWEST, work.crowd.majority != NONE):
        majority = work.crowd.majority[rows]
        labels = len(work.crowd.names)
        own = float(_given(majority, work.crowd.label[rows][None, :], labels)[0])
        drawn = _given(
            majority, _as_others(work.crowd.shares(rows), np.random.default_rng(who)), labels
        )
        people.append(work.workers[who])
        excesses.append(own - float(drawn.mean()))
        variances.append(float(drawn.var()))
        lines.append(
            f"entropy of the answers, given what the others say, is {own:.2f} nats,"
            f" {drawn.mean():.2f} expected; {len(rows)} answers"
        )
    p_values = unusually_high(np.array(excesses), np.array(variances))
    return [
        Finding(NAME, (who,), float(p_value), line)
        for who, p_value, line in zip(people, p_values, lines, strict=True)
    ]


def _given(majority: Indices, answers: Indices, labels: int) -> Floats:
    """Return the entropy of answers given the majority, in nats.

    Args:
        majority: Of each item, shape (items,).
        answers: Draws of answers to the items, shape (draws, items).
        labels: How many labels there are.
    """
    present, rows = np.unique(majority, return_inverse=True)
    cells = rows * labels + answers + np.arange(len(answers))[:, None] * len(present) * labels
    counts = np.bincount(cells.ravel(), minlength=len(answers) * len(present) * labels)
    table = counts.reshape(len(answers), len(present), labels)
    shares = table / table.sum(axis=2, keepdims=True)
    by_majority = -(shares * np.log(np.maximum(shares, 1e-12))).sum(axis=2)
    entropies: Floats = by_majority @ (np.bincount(rows) / len(majority))
    return entropies


def _as_others(shares: Floats, rng: np.random.Generator) -> Indices:
    """Draw an answer to each item, again and again.

    Args:
        shares: How often others say each label, by item, shape (items, labels).
        rng: Source of chance.

    Returns:
        Places of labels, shape (draws, items).
    """
    items, labels = shares.shape
    # One search in all items' cumulative shares, each item's lifted by its place.
    places = np.arange(items)
    bounds = (np.minimum(shares.cumsum(axis=1), 1.0) + places[:, None]).ravel()
    drawn = np.searchsorted(bounds, places + rng.random((DRAWS, items)), side="right")
    label: Indices = np.clip(drawn - places * labels, 0, labels - 1)
    return label
