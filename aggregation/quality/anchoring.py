"""The anchoring effect: how much more often people agree with a model whose answer they see."""

from collections.abc import Sequence
from dataclasses import dataclass

from aggregation.quality.intervals import Interval, wilson


@dataclass(frozen=True, slots=True)
class Anchoring:
    """What seeing the model's answer does to people's own.

    Attributes:
        shown: Share of the answers given beside the pre-label that agree with the model.
        blind: The same share among answers given without it.
        n_shown: Answers behind `shown`.
        n_blind: Answers behind `blind`.
        effect: `shown` less `blind`, in [-1, 1]: the agreement that seeing the answer made.
        interval: Interval of `effect`, within [-1, 1].
    """

    shown: float
    blind: float
    n_shown: int
    n_blind: int
    effect: float
    interval: Interval


def anchoring(shown: Sequence[bool], blind: Sequence[bool], level: float = 0.95) -> Anchoring:
    """Estimate the anchoring effect from reviews, of which some, picked at random, were blind.

    Both groups must come from the same items by chance alone, and each answer count once: then the
    difference in agreement is what the pre-label did. The interval is Newcombe's hybrid score
    interval (Interval estimation for the difference between independent proportions, Statistics in
    Medicine 1998, method 10), which keeps its level in small samples and near 0 and 1.

    Args:
        shown: For each answer given beside the pre-label, whether it agrees with the model.
        blind: The same for each answer given without it.
        level: Wanted coverage, in (0, 1).

    Returns:
        The two shares, and their difference with its interval.

    Raises:
        NotEnoughVotes: One of the groups is empty.
    """
    seen, unseen = wilson(sum(shown), len(shown), level), wilson(sum(blind), len(blind), level)
    of_shown, of_blind = sum(shown) / len(shown), sum(blind) / len(blind)
    effect = of_shown - of_blind
    below = ((of_shown - seen.low) ** 2 + (unseen.high - of_blind) ** 2) ** 0.5
    above = ((seen.high - of_shown) ** 2 + (of_blind - unseen.low) ** 2) ** 0.5
    return Anchoring(
        shown=of_shown,
        blind=of_blind,
        n_shown=len(shown),
        n_blind=len(blind),
        effect=effect,
        interval=Interval(max(-1.0, effect - below), min(1.0, effect + above)),
    )
