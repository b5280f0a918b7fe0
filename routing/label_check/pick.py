"""Which labels people are asked about again: the most suspect, and a few at random. Pure."""

from collections.abc import Collection, Mapping, Sequence
from math import ceil

from aggregation.label_errors.records import NO_ERRORS, Suspicion
from routing.guarantee.hash_random import hash_uniform
from routing.ledger.label_checks import PickedLabel

RANDOM_SHARE = 0.1
"""The share of the picks that is drawn at random from all other labels, so that the number of
errors can be estimated among labels that are hardly suspected too."""


def askable(suspicions: Sequence[Suspicion], given: Collection[int]) -> list[Suspicion]:
    """Return the suspicions that one more answer can settle.

    Args:
        suspicions: All, the most suspect first.
        given: Tasks that people were asked about again already, or are being asked about.

    Returns:
        Those of other tasks that may be errors: where people differ, one more says nothing.
    """
    return [one for one in suspicions if one.kind not in NO_ERRORS and one.task not in given]


def pick(
    suspicions: Sequence[Suspicion], labels: Mapping[int, str], count: int, seed: int
) -> list[PickedLabel]:
    """Pick the labels that people are asked about again.

    Args:
        suspicions: Those that may be picked, the most suspect first.
        labels: The form's answer that stands, by task.
        count: How many are picked at most.
        seed: Of the random picks.

    Returns:
        The picks, the most suspect first, then those at random.
    """
    at_random = min(ceil(RANDOM_SHARE * count), max(len(suspicions) - count, 0))
    top, rest = suspicions[: count - at_random], suspicions[count - at_random :]
    drawn = sorted(rest, key=lambda one: hash_uniform(seed, "check", one.task))[:at_random]
    return [
        PickedLabel(one.task, labels[one.task], round(one.probability, 4), is_random)
        for some, is_random in ((top, False), (drawn, True))
        for one in some
    ]
