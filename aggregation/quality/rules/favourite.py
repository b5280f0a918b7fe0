"""Favourite: one label more often than items explain, such as always the form's first choice."""

from collections.abc import Sequence

import numpy as np

from aggregation.quality.rules.among_people import unusually_high
from aggregation.quality.rules.contract import Finding, Work
from aggregation.quality.rules.crowd import NONE
from labeling.mathtypes import Floats, Indices

NAME = "favourite"

FEWEST = 10
"""Answers that a person must have given."""

COMMON = 0.02
"""The share of all answers that a label needs to be looked at."""


def favourite(work: Work) -> Sequence[Finding]:
    """Find people who give one label more often than others do on the same items.

    How often a label is to be expected is what the others say of the items, or what the others'
    majorities are if that is more, since who is better than the others errs less to all sides. The
    null hypothesis, a label: by how much a person's share exceeds that is spread among honest
    people, who have biases of their own, as it is among these. The smallest p-value counts, times
    the number of labels (Bonferroni).

    Args:
        work: Answers that are not free texts.

    Returns:
        A finding of each person with enough answers.
    """
    if work.is_free_text:
        return []
    people = [*work.people_with(FEWEST)]
    labels = np.flatnonzero(work.crowd.frequencies >= COMMON)
    if not people or len(labels) < 2:
        return []
    told = [_shares(work, rows, labels) for _, rows in people]
    own, expected, variances = (np.stack(part) for part in zip(*told, strict=True))
    p_values = np.stack(
        [
            unusually_high(own[:, at] - expected[:, at], variances[:, at])
            for at in range(len(labels))
        ],
        axis=1,
    )
    findings = []
    for place, (who, rows) in enumerate(people):
        worst = int(p_values[place].argmin())
        findings.append(
            Finding(
                NAME,
                (work.workers[who],),
                min(1.0, len(labels) * float(p_values[place, worst])),
                f"says {_named(work, int(labels[worst]))} in {own[place, worst]:.0%} of"
                f" {len(rows)} answers, {expected[place, worst]:.0%} expected on these items",
            )
        )
    return findings


def _shares(work: Work, rows: Indices, labels: Indices) -> tuple[Floats, Floats, Floats]:
    """Return a person's share of each label, the expected one, and its variance by chance."""
    given = (work.crowd.label[rows][:, None] == labels).mean(axis=0)
    said = work.crowd.shares(rows)[:, labels]
    majority = work.crowd.majority[rows][:, None]
    leading = np.where(majority == NONE, said, majority == labels)
    expected = np.maximum(said.mean(axis=0), leading.mean(axis=0))
    return given, expected, (said * (1 - said)).sum(axis=0) / len(rows) ** 2


def _named(work: Work, label: int) -> str:
    last = len(work.labels) - 1
    place = {0: ", the form's first choice,", last: ", the form's last choice,"}
    return f"{work.crowd.names[label]!r}" + (place.get(label, "") if work.labels else "")
