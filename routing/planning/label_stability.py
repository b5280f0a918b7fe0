"""How stable labels are: Cohen's kappa between what two successive lessons say of open texts. Pure.

No answer is needed for it. Once more lessons change next to nothing, more answers teach next to
nothing, whether the labels are right or not (Bloodgood and Vijay-Shanker, "A Method for Stopping
Active Learning Based on Stabilizing Predictions and the Need for User-Adjustable Stopping", CoNLL
2009).
"""

from collections import Counter
from collections.abc import Sequence


def cohen_kappa(before: Sequence[str], after: Sequence[str]) -> float | None:
    """Return how far two labellings agree beyond what their shares of labels make agree by chance.

    Args:
        before: A label of each text.
        after: Another one of each, in the same order.

    Returns:
        1 where they are the same, 0 where they agree as two strangers would, down to -1; None
        where there is no text.

    Raises:
        ValueError: They label different numbers of texts.
    """
    if len(before) != len(after):
        raise ValueError(f"{len(before)} labels, and {len(after)} to compare with them")
    if not before:
        return None
    size = len(before)
    same = sum(one == other for one, other in zip(before, after, strict=True)) / size
    ours, theirs = Counter(before), Counter(after)
    by_chance = sum(ours[label] * theirs[label] for label in ours) / size**2
    # Where both give every text one and the same label, nothing is left to chance.
    return 1.0 if by_chance == 1 else (same - by_chance) / (1 - by_chance)
