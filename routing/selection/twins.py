"""Two equal lessons, one picked by the strategy and one by chance, that learners are compared by.

The lesson by chance has to be a random sample of all texts. What chance drew in the rounds is not,
in a small pool: the strategy had taken some texts away before. But chance goes through the texts in
one random order, so that all texts up to the last that it drew are such a sample, those included
that the strategy was first to ask about.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PickedRound:
    """The texts of one round.

    Attributes:
        by_strategy: Those that the strategy picked, the one that matters most first.
        by_chance: Those that chance drew, in its order.
    """

    by_strategy: Sequence[int]
    by_chance: Sequence[int]


@dataclass(frozen=True, slots=True)
class Twins:
    """As many texts by the one as by the other; some may be in both."""

    by_strategy: Sequence[int]
    by_chance: Sequence[int]


def twins(rounds: Sequence[PickedRound], rank: Callable[[int], float]) -> Twins:
    """Return two lessons of the same size from the rounds so far.

    Args:
        rounds: The rounds, in order.
        rank: Where a text stands in the order that chance goes through.

    Returns:
        What chance would have picked alone, and the strategy's picks: of each round those that
        matter most, as a smaller round would have had them.
    """
    drawn = [text for one in rounds for text in one.by_chance]
    if not drawn:
        return Twins((), ())
    last = max(rank(text) for text in drawn)
    passed = [text for one in rounds for text in one.by_strategy if rank(text) <= last]
    by_chance = sorted([*drawn, *passed], key=rank)
    first = [text for one in rounds for text in one.by_strategy[: len(one.by_chance)]]
    more = [text for one in rounds for text in one.by_strategy[len(one.by_chance) :]]
    size = min(len(by_chance), len(first) + len(more))
    return Twins((*first, *more)[:size], tuple(by_chance[:size]))
