"""Whether a changed instruction helped: how far people agreed under each version.

An answer belongs to the version that stood when it was saved; agreement is Krippendorff's alpha of
the items that several people answered under one version. The interval is by a delete-a-group
jackknife over items. Versions are not given by chance: the items of each are others, and people
learn, so a difference need not be the instruction's doing.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import pandas as pd

from aggregation.quality.agreement import shared_tasks
from aggregation.quality.alpha import alpha
from aggregation.quality.intervals import Interval
from aggregation.votes import Answer, frame
from labeling.answers.types import AnswerType
from labeling.errors import NotEnoughVotes
from labeling.form.equivalence import Equivalence
from routing.ledger.instructions import Instruction

FEW = 20
"""Items with several answers below which agreement is said to rest on little."""

GROUPS = 20
"""Groups of items, each of which the jackknife leaves out once."""

STUDENT = 2.093
"""The 97.5% quantile of Student's t with `GROUPS` - 1 degrees of freedom."""


@dataclass(frozen=True, slots=True)
class InstructionAgreement:
    """How far people agreed under one version of the instruction.

    Attributes:
        number: The version.
        since: When it was first seen.
        answers: Answers that were given under it.
        shared: Items that several people answered under it.
        alpha: Krippendorff's alpha of these; None: it is not defined.
        interval: Its interval at 95%; None: there are fewer than `FEW` such items.
    """

    number: int
    since: datetime
    answers: int
    shared: int
    alpha: float | None
    interval: Interval | None

    @property
    def is_little(self) -> bool:
        """Whether too few items tell."""
        return self.shared < FEW


def instruction_agreement(
    versions: Sequence[Instruction], answers: Sequence[Answer], equivalence: Equivalence
) -> tuple[InstructionAgreement, ...]:
    """Return how far people agreed under each version.

    Args:
        versions: All versions, the first one first; what was answered before it is counted with it.
        answers: People's answers, one per person and task.
        equivalence: The form.

    Returns:
        An entry a version; none where the instruction never changed, or several controls are asked.
    """
    only = equivalence.form.only
    if len(versions) < 2 or only is None:
        return ()
    begins = [one.at for one in versions[1:]]
    given: list[list[Answer]] = [[] for _ in versions]
    for one in answers:
        given[bisect_right(begins, one.at)].append(one)
    return tuple(
        _agreement(version, frame(own), only.answer_type)
        for version, own in zip(versions, given, strict=True)
    )


def _agreement(
    version: Instruction, votes: pd.DataFrame, answer_type: AnswerType
) -> InstructionAgreement:
    shared = shared_tasks(votes)
    value = _alpha(answer_type, votes)
    interval = None if value is None or shared < FEW else _interval(answer_type, votes, value)
    return InstructionAgreement(version.number, version.at, len(votes), shared, value, interval)


def _alpha(answer_type: AnswerType, votes: pd.DataFrame) -> float | None:
    try:
        return alpha(answer_type, votes)
    except NotEnoughVotes:
        return None


def _interval(answer_type: AnswerType, votes: pd.DataFrame, value: float) -> Interval | None:
    """Return the jackknife's interval; None where alpha is not defined without some group."""
    several = votes[votes.groupby("task")["label"].transform("size") > 1]
    group = several["task"].rank(method="dense").astype(int) % GROUPS
    left = [_alpha(answer_type, several[group != number]) for number in range(GROUPS)]
    known = [one for one in left if one is not None]
    if len(known) < GROUPS:
        return None
    spread = (GROUPS - 1) / GROUPS * float(np.sum((np.array(known) - np.mean(known)) ** 2))
    half = STUDENT * spread**0.5
    return Interval(max(-1.0, value - half), min(1.0, value + half))
